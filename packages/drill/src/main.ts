// The process that injects and judges. It is given where the sites are and a channel on which it asks for faults; whatever it knows
// of the sites it knows by HTTP and server-sent events.
import type { Action, Answered, Asked, DrillTask, Ended } from './actions.ts';
import { DRILLS } from './drills.ts';
import { runDrill } from './run-drill.ts';

const task = JSON.parse(process.argv[2] ?? '{}') as DrillTask;
const drill = DRILLS.find(({ name }) => name === task.name);
const asked = new Map<number, (message: string) => void>();
let askedCount = 0;

process.on('message', (message: Answered) => {
  asked.get(message.id)?.(message.ok ? '' : message.message || 'it failed');
  asked.delete(message.id);
});
// The supervisor is gone, and the sites with it.
process.on('disconnect', () => process.exit(2));

function act(action: Action): Promise<string> {
  const id = ++askedCount;
  return new Promise((resolve) => {
    asked.set(id, resolve);
    process.send?.({ id, action } satisfies Asked);
  });
}

async function run(): Promise<Ended> {
  if (drill === undefined) return { ended: 'failed', why: `there is no drill '${task.name}'` };
  try {
    const result = await runDrill({ drill, task, act, say: (line) => void process.stderr.write(`drill: ${line}\n`) });
    return { ended: 'judged', result, ok: result.ok };
  } catch (cause) {
    return { ended: 'failed', why: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

const ended = await run();
process.send?.(ended, () => process.exit(0));
