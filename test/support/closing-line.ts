// The last line of `./vigie test`: `N passed, N failed` (`, N skipped`). Printed at process exit, after every other report.
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    let skipped = 0;
    for (const file of modules) {
      let any = false;
      for (const test of file.children.allTests()) {
        any = true;
        const state = test.result().state;
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      // A file that cannot be loaded, or whose hooks fail, has no failed test of its own; it still failed.
      if (file.state() === 'failed' && (!any || file.errors().length > 0)) failed++;
    }
    process.on('exit', () => {
      process.stdout.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
    });
  }
}
