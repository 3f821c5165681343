// `vigie evaluate`: reads the files, prints JSON lines, tells by its exit code whether it could run.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseRfc3339 } from '@vigie/model';
import { compileCase } from '@vigie/orders';
import { Evaluation, type OutputLine } from './evaluate.ts';
import { evaluateSchemas } from './schemas.ts';

const COULD_NOT_RUN = 2;

export interface EvaluateOptions {
  readonly case?: string;
  readonly reports?: string;
  readonly until?: string;
  readonly schema?: boolean;
}

export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

/** 0 = evaluated, 2 = could not run and said why. A bad line is an output, not a failure. */
export async function runEvaluate(
  options: EvaluateOptions,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const cannot = (why: string): number => {
    err.write(`vigie evaluate: ${why}\n`);
    return COULD_NOT_RUN;
  };
  if (options.schema === true) {
    out.write(`${JSON.stringify(evaluateSchemas())}\n`);
    return 0;
  }
  if (options.case === undefined || options.reports === undefined)
    return cannot('needs --case and --reports, or --schema; ./vigie evaluate --help names the options');
  const untilMs = options.until === undefined ? undefined : parseRfc3339(options.until);
  if (options.until !== undefined && untilMs === undefined)
    return cannot(`--until must be an RFC 3339 date-time, like 2026-11-22T08:30:00Z`);

  let input: unknown;
  try {
    input = JSON.parse(await readFile(options.case, 'utf8'));
  } catch (cause) {
    return cannot(`cannot read the case: ${(cause as Error).message}`);
  }
  const compiled = compileCase(input);
  if (!compiled.ok) {
    const fields = compiled.error.fields ?? [];
    return cannot(
      `the case is not valid:\n${fields.map((f) => `  ${f.field === '' ? '(case)' : f.field}: ${f.reason}`).join('\n')}`,
    );
  }
  for (const w of compiled.value.warnings) err.write(`warning: ${w.field}: ${w.reason}\n`);

  let needsDrain = false;
  const emit = (line: OutputLine): void => {
    needsDrain = !out.write(`${JSON.stringify(line)}\n`);
  };
  const evaluation = new Evaluation(compiled.value.recorded, emit);
  const file = createReadStream(options.reports, 'utf8');
  try {
    await once(file, 'ready');
    let index = 0;
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      evaluation.line(line, index++);
      if (needsDrain) {
        await once(out, 'drain');
        needsDrain = false;
      }
    }
  } catch (cause) {
    return cannot(`cannot read the reports: ${(cause as Error).message}`);
  } finally {
    file.destroy();
  }
  evaluation.finish(untilMs);
  return 0;
}
