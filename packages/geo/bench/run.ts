// node packages/geo/bench/run.ts [persons=20000] [rounds=5]: prints one JSON object.
import { benchGeo } from './bench-geo.ts';

const [persons, rounds] = process.argv.slice(2).map(Number);
const result = benchGeo({ ...(persons ? { persons } : {}), ...(rounds ? { rounds } : {}) });
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.verdictsAgree ? 0 : 1;
