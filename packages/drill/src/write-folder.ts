// What a drill leaves behind: the history as JSON lines, the timeline, the result, and a page for people.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type History, historyLines } from './history.ts';
import type { DrillResult } from './judge/result.ts';
import { page } from './page/page.ts';
import { timelineOf } from './page/timeline.ts';

export function writeFolder(folder: string, history: History, result: DrillResult): void {
  mkdirSync(folder, { recursive: true });
  const timeline = timelineOf(history);
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(folder, 'timeline.json'), `${JSON.stringify(timeline)}\n`);
  writeFileSync(join(folder, 'index.html'), page(result, timeline));
  writeFileSync(join(folder, 'history.jsonl'), `${[...historyLines(history)].join('\n')}\n`);
}
