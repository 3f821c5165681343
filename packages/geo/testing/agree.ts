// node packages/geo/testing/agree.ts [pairs=1000000] [seed=1]: the long comparison. Exit code 1 if there is any difference.
import { agreement } from './agreement.ts';

const result = agreement(Number(process.argv[3] ?? 1), Number(process.argv[2] ?? 1_000_000));
for (const line of result.disagreements.slice(0, 10)) process.stderr.write(`${line.slice(0, 500)}\n`);
process.stdout.write(`${JSON.stringify({ ...result, disagreements: result.disagreements.length })}\n`);
process.exitCode = result.disagreements.length === 0 ? 0 : 1;
