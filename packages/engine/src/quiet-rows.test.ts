import { expect, test } from 'vitest';
import { DEVICES_MAX, HEAD_WORDS, QuietRows, deviceRow } from './quiet-rows.ts';

test('blocks of every size fill one chunk after the other, and none lies on another', () => {
  for (let devices = 0; devices <= DEVICES_MAX; devices++) {
    const rows = new QuietRows();
    const words = deviceRow(HEAD_WORDS, devices) - HEAD_WORDS;
    // More than three chunks, whose ends are reached exactly with some sizes.
    const blocks = Array.from({ length: Math.ceil((3.1 * 16 * 16_384) / words) }, () => rows.take(devices));
    for (const [i, block] of blocks.entries()) {
      const at = rows.at(block);
      expect(at + words).toBeLessThanOrEqual(rows.words(block).length);
      rows.words(block)[at] = i;
      rows.words(block)[at + words - 1] = i;
    }
    for (const [i, block] of blocks.entries()) {
      const at = rows.at(block);
      expect([rows.words(block)[at], rows.words(block)[at + words - 1]]).toEqual([i, i]);
    }
  }
});
