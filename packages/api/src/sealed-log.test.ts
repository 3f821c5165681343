// What a log server, its disk and its backups see: every byte of both origins after a case, reports, an incident and its handling.
import { SITES, seqOf } from '@vigie/model';
import { afterEach, expect, test } from 'vitest';
import { CENTER, FAR, ask, newCase, reportAt } from './testing/client.ts';
import { TOKENS, TwoSites } from './testing/two-sites.ts';

let two: TwoSites | undefined;
afterEach(() => two?.close());
const operator = { token: TOKENS.operator };

const bigEndian = (n: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes.toString('latin1');
};
const littleEndian = (n: number): string => Buffer.from(bigEndian(n), 'latin1').reverse().toString('latin1');

test('[L3] no name, case, device, token, note or coordinate is in the bytes of the log, and all of it is for who holds the key', async () => {
  two = await TwoSites.start();
  const { noirmont } = two;
  const created = await ask(noirmont.api, '/v1/cases', { ...operator, body: newCase('secret-case', 'JU') });
  const near = reportAt('secret-case', 2, CENTER);
  await two.report('noirmont', 'secret-case', [reportAt('secret-case', 1, FAR, Date.now() - 2000), near]);
  const raised = () => noirmont.replica.events(undefined, 100).events.find((e) => e.data.type === 'confirmed');
  await two.until(() => raised() !== undefined);
  const body = { note: 'patrol on its way' };
  await ask(noirmont.api, `/v1/incidents/${raised()?.data.incidentId}/acknowledge`, { ...operator, body });

  const kinds = new Set<string>();
  let text = '';
  for (const site of SITES)
    for (const { epoch } of noirmont.replica.merge.epochs().filter((one) => one.site === site))
      for (const { bytes, entry } of await noirmont.log.read(site, epoch, seqOf(1), 10_000)) {
        text += Buffer.from(bytes).toString('latin1');
        if (entry.ok) kinds.add(entry.value.kind);
      }
  for (const kind of ['case', 'reports', 'event', 'step']) expect(kinds).toContain(kind);
  const { latE7 = 0, lonE7 = 0 } = near;
  const personal = [
    'Wearer of',
    'secret-case',
    String(created.body.deviceTokens['dev-secret-case']),
    'patrol on its way',
    String(CENTER.lat),
    String(CENTER.lon),
    String(latE7),
    String(lonE7),
    ...[latE7, lonE7].flatMap((n) => [bigEndian(n), littleEndian(n)]),
  ];
  expect(personal.filter((word) => text.includes(word))).toEqual([]);
  // The same words are found where it is opened, so the search is not blind.
  expect(JSON.stringify(noirmont.replica.caseView(noirmont.replica.measureOfCase('secret-case') ?? ''))).toContain(
    'Wearer of',
  );
});
