// A mass silence as receivers outside are told of it: two sites, a real receiver of webhooks.
import { SITES } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { DispatchingSites } from './testing/dispatching-sites.ts';

const CASES = 14;
const PROTECTING = 2;

async function sites(): Promise<DispatchingSites> {
  const two = await DispatchingSites.start({ desk: [0] });
  onTestFinished(() => two.dispose());
  return two;
}
/** Ids of the events in each message. */
const messages = (two: DispatchingSites): string[][] =>
  two.receiver('desk').got.map(({ headers, body }) => {
    const isBatch = String(headers['content-type']).startsWith('application/cloudevents-batch+json');
    const said = JSON.parse(body) as { id: string } | { id: string }[];
    if (isBatch !== Array.isArray(said)) throw new Error('the type of the content is not what it says');
    return Array.isArray(said) ? said.map(({ id }) => id) : [said.id];
  });
const caseNumbers = Array.from({ length: CASES }, (_, i) => i + 1);
const receipts = (two: DispatchingSites, site: (typeof SITES)[number]): (string | undefined)[] =>
  caseNumbers.flatMap((n) =>
    two.incidentsOf(n, site).flatMap(({ deliveries = [] }) => deliveries.map((d) => d.outcome)),
  );

test('[MS6] [D3] many fall silent at once: who may be hurt is told alone, all others in one message, with a receipt for each', async () => {
  const two = await sites();
  await two.silent(CASES, 'delemont', PROTECTING);
  await two.pass(320_000, 100);
  const told = messages(two);
  // Of a case that protects a person nobody has heard two devices: the wearer's is told alone, and at once.
  const alone = told.filter((ids) => ids.length === 1);
  const together = told.filter((ids) => ids.length > 1);
  expect(together.map((ids) => ids.length)).toEqual([CASES - PROTECTING]);
  expect(alone.length).toBeGreaterThanOrEqual(PROTECTING);
  expect(new Set(told.flat()).size).toBe(told.flat().length);
  for (const site of SITES) {
    const published = caseNumbers.flatMap((n) =>
      two
        .incidentsOf(n, site)
        .filter(({ published }) => published.includes('early'))
        .map(({ incidentId }) => `${incidentId}/early`),
    );
    expect(told.flat().toSorted()).toEqual(published.toSorted());
    expect(receipts(two, site)).toEqual(published.map(() => 'delivered'));
  }
  expect(SITES.map((site) => two.at(site).dispatch.status().pending)).toEqual([0, 0]);
  expect(two.notes).toEqual([]);
}, 60_000);

test('[MS6] [D3] the site that told them dies before the receipts: the other tells all of them again, under the same ids', async () => {
  const two = await sites();
  const desk = two.receiver('desk');
  await two.silent(CASES, 'delemont');
  let burnt = false;
  desk.onGot = async () => {
    desk.onGot = undefined;
    burnt = true;
    await two.burn('delemont');
  };
  await two.until(() => burnt, 320_000);
  await two.pass(25_000, 100);
  const [first, ...again] = messages(two);
  expect(first).toHaveLength(CASES);
  expect(again.flat().toSorted()).toEqual(first?.toSorted());
  expect(receipts(two, 'noirmont')).toEqual(caseNumbers.map(() => 'delivered'));
}, 60_000);

test('[MS6] [D3] a receiver that takes no batch is sent each by itself, and nothing stays untold', async () => {
  const two = await sites();
  const desk = two.receiver('desk');
  desk.onGot = ({ headers }) => {
    desk.status = String(headers['content-type']).includes('batch') ? 415 : 200;
  };
  await two.silent(CASES, 'noirmont');
  await two.pass(330_000, 100);
  const taken = messages(two).filter((ids) => ids.length === 1);
  expect(new Set(taken.flat()).size).toBe(CASES);
  expect(taken).toHaveLength(CASES);
  for (const site of SITES) expect(receipts(two, site)).toEqual(caseNumbers.map(() => 'delivered'));
}, 60_000);
