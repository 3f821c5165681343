import { ManualTime } from '@vigie/log';
import { expect, test } from 'vitest';
import { FirstWord } from './first-word.ts';

class Start {
  readonly time = new ManualTime();
  knowsAll = false;
  hearsPeer = false;
  readonly spoke: number[] = [];
  readonly held: number[] = [];
  readonly word: FirstWord;
  readonly #fromUs = this.time.nowUs();

  constructor() {
    const { time } = this;
    this.word = new FirstWord({
      timing: { nowUs: () => time.nowUs(), after: (ms, run) => time.after(ms, run), soon: () => {} },
      knowsAll: () => this.knowsAll,
      hearsPeer: () => this.hearsPeer,
      speak: () => this.spoke.push((time.nowUs() - this.#fromUs) / 1000),
      holdBack: () => this.held.push((time.nowUs() - this.#fromUs) / 1000),
    });
  }
}

test('[D3] a site that comes back tells nobody before it knows what the other told meanwhile', () => {
  const start = new Start();
  start.hearsPeer = true;
  start.word.hasRead();
  start.time.advance(4_000);
  expect(start.spoke).toEqual([]);
  start.knowsAll = true;
  start.time.advance(100);
  expect(start.spoke).toEqual([4_050]);
  start.time.advance(60_000);
  expect(start.spoke).toHaveLength(1);
});

test('[D3] where nobody is heard nobody is waited for, and nobody is waited for without end', () => {
  const alone = new Start();
  alone.word.hasRead();
  alone.time.advance(2_000);
  expect(alone.spoke).toEqual([1_500]);
  const stuck = new Start();
  stuck.hearsPeer = true;
  stuck.word.hasRead();
  stuck.time.advance(60_000);
  expect(stuck.spoke).toEqual([15_000]);
});

test('[D3] a process that stood still holds back until it has read what came meanwhile', () => {
  const start = new Start();
  start.knowsAll = true;
  start.word.hasRead();
  start.time.advance(1_100);
  // The clock has gone on by 5 s when the next timer fires.
  const nowUs = start.time.nowUs.bind(start.time);
  start.time.nowUs = () => nowUs() + 5_000_000;
  start.time.advance(2_000);
  expect([start.held, start.spoke]).toEqual([[6_250], [0, 7_250]]);
  start.time.advance(60_000);
  expect(start.held).toHaveLength(1);
});

test('a replica that was closed says nothing any more', () => {
  const start = new Start();
  start.word.hasRead();
  start.word.close();
  start.time.advance(60_000);
  expect(start.spoke).toEqual([]);
});
