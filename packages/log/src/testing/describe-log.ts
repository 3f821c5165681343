// One suite, every log: what any SiteLog must do, shown on two connected sites.
import { type SiteId, SITES, compareEpochs, logTimeUs, seqOf } from '@vigie/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EntryDraft, OriginMessage, RotationDoor, SiteLog, Survey } from '../types.ts';
import { type RunningSite, newEntryId, runSite } from './running-site.ts';
import { type TwoSites, eventually } from './two-sites.ts';

const draft = (more: Partial<EntryDraft> = {}): EntryDraft => ({
  entryId: newEntryId(),
  kind: 'reports',
  items: [],
  ...more,
});
const place = (m: OriginMessage): string => `${m.site}.${m.epoch}:${m.seq}`;

export function describeLog(name: string, start: () => Promise<TwoSites>): void {
  describe(`log on ${name}`, () => {
    let sites: TwoSites;
    const logs: SiteLog[] = [];
    const running: RunningSite[] = [];
    const open = async (site: SiteId): Promise<SiteLog & RotationDoor> => {
      const log = await sites.open(site);
      logs.push(log);
      return log;
    };
    const run = async (log: SiteLog): Promise<RunningSite> => {
      const site = await runSite(log);
      running.push(site);
      return site;
    };
    const openBoth = async (): Promise<[SiteLog & RotationDoor, SiteLog & RotationDoor]> => {
      const both: [SiteLog & RotationDoor, SiteLog & RotationDoor] = [await open('noirmont'), await open('delemont')];
      await eventually('each hears the other', () => both.every((log) => log.peer().reachable));
      return both;
    };
    /** Every message of both origins as one site gets it. */
    const listen = async (log: SiteLog): Promise<OriginMessage[]> => {
      const got: OriginMessage[] = [];
      await log.subscribe(undefined, (message) => got.push(message));
      return got;
    };
    const settleHere = async (by: RunningSite, both: readonly RunningSite[]): Promise<void> => {
      const one = draft();
      expect((await by.log.append(one)).kind).toBe('stored');
      await eventually(`${by.log.site}'s entry settled at both`, () => both.every((s) => s.hasSettled(one.entryId)));
    };

    beforeEach(async () => {
      sites = await start();
    });
    afterEach(async () => {
      for (const site of running.splice(0)) site.stop();
      for (const log of logs.splice(0)) await log.close();
      await sites.stop();
    });

    test('[L1] [L4] entries are delivered at both sites, each origin in its order, with the bytes that were stored', async () => {
      const [n, d] = await openBoth();
      const [atN, atD] = [await listen(n), await listen(d)];
      const results = await Promise.all(Array.from({ length: 50 }, () => n.append(draft())));
      const more = await Promise.all(Array.from({ length: 50 }, () => d.append(draft())));
      await eventually('all at both', () => atN.length === 100 && atD.length === 100);
      const stored = [...results, ...more].flatMap((r) => (r.kind === 'stored' ? [r] : []));
      expect(stored).toHaveLength(100);
      for (const site of SITES) {
        const [here, there] = [atN, atD].map((got) => got.filter((m) => m.site === site)) as [
          OriginMessage[],
          OriginMessage[],
        ];
        expect(here.map(place)).toEqual(there.map(place));
        expect(here.map((m) => m.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
        expect(here.map((m) => Buffer.from(m.bytes))).toEqual(there.map((m) => Buffer.from(m.bytes)));
        const times = here.map((m) => (m.entry.ok ? m.entry.value.t : 0));
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      }
      expect(n.received()).toEqual({
        noirmont: { epoch: n.epoch, seq: 50 },
        delemont: { epoch: d.epoch, seq: 50 },
      });
    });

    test('[L4] an answer never sorts before its cause, however far the cause is ahead', async () => {
      const n = await open('noirmont');
      const ahead = 4_000_000_000_000_000;
      n.reportRead(logTimeUs(ahead));
      const result = await n.append(draft());
      expect(result.kind === 'stored' ? result.t : 0).toBe(ahead + 1);
    });

    test('an entry that is too large is refused before it is sent', async () => {
      const n = await open('noirmont');
      const items = [{ measure: '00'.repeat(16), bytes: new Uint8Array(1_000_000) }];
      expect(await n.append(draft({ items }))).toMatchObject({ kind: 'refused', reason: 'too_large' });
      expect((await n.append(draft())).kind).toBe('stored');
    });

    test('reading starts after the given sequences, and a part can be read again', async () => {
      const n = await open('noirmont');
      for (let i = 0; i < 10; i++) await n.append(draft());
      const got: number[] = [];
      const subscription = await n.subscribe({ noirmont: { [n.epoch]: 7 } }, (m) => got.push(m.seq));
      await eventually('the last three', () => got.length === 3);
      expect(got).toEqual([8, 9, 10]);
      const part = await n.read('noirmont', n.epoch, seqOf(3), 4);
      expect(part.map((m) => m.seq)).toEqual([3, 4, 5, 6]);
      expect(await n.read('noirmont', n.epoch, seqOf(11), 4)).toEqual([]);
      subscription.stop();
      await n.append(draft());
      expect(got).toHaveLength(3);
    });

    test('[L7] [L14] whenSeen is true as soon as the other site reports to hold the entry, false after its time', async () => {
      const [n, d] = await openBoth();
      const stored = await n.append(draft());
      expect(stored.kind).toBe('stored');
      expect(await n.whenSeen(n.epoch, seqOf(1), 50)).toBe(false);
      const waits = n.whenSeen(n.epoch, seqOf(1), 10_000);
      d.reportHeld({ epoch: n.epoch, seq: seqOf(1) });
      expect(await waits).toBe(true);
      expect(await n.whenSeen(n.epoch, seqOf(1), 0)).toBe(true);
      expect(n.peer().seenByPeer).toEqual({ epoch: n.epoch, seq: 1 });
    });

    test('[L7] after a cut neither hears the other, after a one-way cut too; whenSeen then answers at once; after a heal nothing is missing', async () => {
      const [n, d] = await openBoth();
      const [atN, atD] = [await listen(n), await listen(d)];
      for (const from of [undefined, ...SITES]) {
        sites.cut(from);
        await eventually(`unheard at both, cut from ${from ?? 'both'}`, () =>
          [n, d].every((log) => !log.peer().reachable),
        );
        const mine = await n.append(draft());
        expect(mine.kind).toBe('stored');
        expect((await d.append(draft())).kind).toBe('stored');
        expect(await n.whenSeen(n.epoch, seqOf(1_000_000), 60_000)).toBe(false);
        sites.heal();
        await eventually('heard again', () => [n, d].every((log) => log.peer().reachable));
      }
      await eventually('everything at both', () => atN.length === 6 && atD.length === 6);
      for (const site of SITES)
        for (const got of [atN, atD]) expect(got.filter((m) => m.site === site).map((m) => m.seq)).toEqual([1, 2, 3]);
    });

    test('[L10] a restarted site process goes on in its epoch, a restarted log server opens a new one', async () => {
      const n = await open('noirmont');
      const first = n.epoch;
      await n.append(draft());
      await n.close();
      const again = await open('noirmont');
      expect(again.epoch).toBe(first);
      const got = await listen(again);
      await again.append(draft());
      await eventually('both entries', () => got.length === 2);
      await sites.stopServer('noirmont');
      expect((await again.append(draft())).kind).toBe('unknown');
      await sites.startServer('noirmont');
      await eventually('a new epoch', () => again.epoch !== first);
      expect(compareEpochs(again.epoch, first)).toBe(1);
      expect((await again.append(draft())).kind).toBe('stored');
      await eventually('the new entry', () => got.length === 3);
      expect(got.map(place)).toEqual([`noirmont.${first}:1`, `noirmont.${first}:2`, `noirmont.${again.epoch}:1`]);
      let survey: Survey | undefined;
      await eventually('both disks answer', async () => {
        survey = await again.survey();
        return survey !== undefined;
      });
      expect(survey?.own.find((extent) => extent.epoch === first)).toMatchObject({ lastSeq: 2, sealed: true });
    });

    test('[L10] [L11] a rotation refuses nothing and loses nothing, and what is written meanwhile settles in one order', async () => {
      const [first, second] = await openBoth();
      const both = [await run(first), await run(second)];
      for (const by of both) await settleHere(by, both);
      const stored: string[] = [];
      let writing = true;
      const write = async (log: SiteLog): Promise<string[]> => {
        const kinds = new Set<string>();
        while (writing) {
          // Many under way at once, so that some always are when the old epoch ends.
          const batch = Array.from({ length: 64 }, () => draft());
          for (const [i, { kind }] of (await Promise.all(batch.map((one) => log.append(one)))).entries()) {
            kinds.add(kind);
            if (kind === 'stored') stored.push((batch[i] as EntryDraft).entryId);
          }
          await new Promise((resolve) => void setImmediate(resolve));
        }
        return [...kinds];
      };
      const writers = [first, first, second].map(write);
      for (let round = 2; round <= 4; round++) {
        const before = first.epoch;
        expect(await first.rotate()).toBe(true);
        expect(first.epoch.startsWith(`${round}-`)).toBe(true);
        await eventually('admitted', () => both.every(({ merge }) => merge.isAdmitted('noirmont', first.epoch)));
        expect(first.extents().find(({ epoch }) => epoch === before)?.lastSeq).toBeGreaterThan(0);
      }
      // Both at once: a both-admit.
      expect(await Promise.all([first.rotate(), second.rotate()])).toEqual([true, true]);
      await eventually('both admitted', () =>
        both.every(
          ({ merge }) => merge.isAdmitted('noirmont', first.epoch) && merge.isAdmitted('delemont', second.epoch),
        ),
      );
      writing = false;
      expect(await Promise.all(writers)).toEqual([['stored'], ['stored'], ['stored']]);
      await eventually('all settled at both', () => both.every((site) => stored.every((id) => site.hasSettled(id))));
      const [n = [], d = []] = both.map(({ settled }) => settled);
      const common = Math.min(n.length, d.length);
      expect(n.slice(0, common)).toEqual(d.slice(0, common));
      expect(new Set(n).size).toBe(n.length);
      expect(first.running()?.bytes).toBeGreaterThan(0);
    });

    test('[L6] [L8] [L11] two sites found their first epochs and settle the same sequence', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      const common = Math.min(n.settled.length, d.settled.length);
      expect(n.settled.slice(0, common)).toEqual(d.settled.slice(0, common));
      expect(await n.log.whenSeen(n.log.epoch, seqOf(1), 1000)).toBe(true);
    });

    test('[L8] [L11] settled goes on after each log server was restarted, and after a cut with writers at both sides', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      await settleHere(n, both);
      for (const site of SITES) {
        await sites.stopServer(site);
        await sites.startServer(site);
        const log = site === 'noirmont' ? n.log : d.log;
        await eventually('the restarted server takes entries', () => log.epoch.startsWith('2-'));
        for (const by of both) await settleHere(by, both);
      }
      sites.cut();
      await eventually('apart', () => both.every((s) => !s.log.peer().joined));
      const during = both.map(() => draft());
      for (const [i, by] of both.entries()) expect((await by.log.append(during[i] as EntryDraft)).kind).toBe('stored');
      for (const [i, by] of both.entries()) {
        const { entryId } = during[i] as EntryDraft;
        await eventually('live at its own site', () => by.hasPlaced(entryId));
        expect(by.hasSettled(entryId)).toBe(false);
      }
      sites.heal();
      for (const { entryId } of during)
        await eventually('settled after the heal', () => both.every((s) => s.hasSettled(entryId)));
      const common = Math.min(n.settled.length, d.settled.length);
      expect(n.settled.slice(0, common)).toEqual(d.settled.slice(0, common));
    });

    test('[L11] both log servers restarted while apart: one both-admit, one ok, and settled goes on', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      await settleHere(both[0] as RunningSite, both);
      sites.cut();
      for (const site of SITES) {
        await sites.stopServer(site);
        await sites.startServer(site);
      }
      await eventually('new epochs', () => both.every((s) => s.log.epoch.startsWith('2-')));
      const during = draft();
      expect((await (both[1] as RunningSite).log.append(during)).kind).toBe('stored');
      sites.heal();
      await eventually('settled', () => both.every((s) => s.hasSettled(during.entryId)));
      for (const by of both) await settleHere(by, both);
    });

    test('[L10] [L12] a site that lost its disk gets its own entries back from the other', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      const kept = n.settled.filter((name) => name.includes(' delemont.'));
      await sites.stopServer('delemont');
      d.stop();
      await d.log.close();
      await sites.loseDisk('delemont');
      await sites.startServer('delemont');
      const back = await run(await open('delemont'));
      await settleHere(back, [n, back]);
      await settleHere(n, [n, back]);
      expect(back.settled.slice(0, n.settled.length)).toEqual(n.settled.slice(0, back.settled.length));
      for (const name of kept) expect(back.settled).toContain(name);
    });

    const same = (a: RunningSite, b: RunningSite): void => {
      const common = Math.min(a.settled.length, b.settled.length);
      expect(a.settled.slice(0, common)).toEqual(b.settled.slice(0, common));
    };

    test('[L8] [L12] a site that leaves takes nothing more, the other settles alone, also when it hears nothing; it returns with a new epoch', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      d.keeper.drain('sre');
      await eventually('Delémont has left', () => d.keeper.membership === 'left' && n.merge.hasLeft('delemont'));
      expect(await d.log.append(draft())).toMatchObject({ kind: 'refused', reason: 'left' });
      await settleHere(n, both); // mirrored on, so both go on to settle
      sites.cut();
      await eventually('apart', () => both.every((s) => !s.log.peer().joined));
      await settleHere(n, [n]);
      await sites.stopServer('delemont');
      await sites.startServer('delemont');
      await settleHere(n, [n]);
      sites.heal();
      await eventually('heard again', () => both.every((s) => s.log.peer().reachable));
      expect(await d.log.append(draft())).toMatchObject({ kind: 'refused', reason: 'left' });
      const before = d.log.epoch;
      d.keeper.undrain();
      await eventually('Delémont has returned', () => d.log.epoch !== before && !n.merge.hasLeft('delemont'));
      for (const by of both) await settleHere(by, both);
      same(n, d);
    });

    test('[L8] of two sites that would leave at once, one stays', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      for (const by of both) by.keeper.drain('sre');
      await eventually('one has left', () => both.some((s) => s.log.left));
      await eventually('the other stays', () => both.some((s) => s.keeper.membership === 'member'));
      expect([n.log.left, d.log.left]).toEqual([true, false]);
      await settleHere(d, [d]);
    });

    test('[L8] [L11] a site is founded anew without the lost one, settles alone, and restarts alone; what the lost one had beyond comes again', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      expect(await n.keeper.found('sre')).toEqual({ kind: 'refused', reason: 'heard' });
      sites.cut();
      await eventually('apart', () => both.every((s) => !s.log.peer().joined));
      const beyond = draft();
      expect((await d.log.append(beyond)).kind).toBe('stored');
      await sites.stopServer('delemont');
      const waiting = draft();
      expect((await n.log.append(waiting)).kind).toBe('stored');
      expect((await n.keeper.found('sre')).kind).toBe('founded');
      await eventually('settled alone', () => n.hasSettled(waiting.entryId));
      await sites.stopServer('noirmont');
      await sites.startServer('noirmont');
      await eventually('a new epoch', () => n.log.epoch.startsWith('2-'));
      await settleHere(n, [n]);
      await sites.startServer('delemont');
      sites.heal();
      await eventually('the lost site is back', () => !n.merge.isRetired('delemont'));
      await eventually('what it had beyond is settled at both', () => both.every((s) => s.hasSettled(beyond.entryId)));
      for (const by of both) await settleHere(by, both);
      same(n, d);
      expect(n.settled.filter((name) => name.endsWith(beyond.entryId))).toHaveLength(1);
    });

    test('[L8] [L11] a site that lived on while it was taken for lost goes on in a new epoch, and nothing of it is dropped', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      sites.cut();
      await eventually('apart', () => both.every((s) => !s.log.peer().joined));
      const beyond = [draft(), draft(), draft()];
      for (const one of beyond) expect((await d.log.append(one)).kind).toBe('stored');
      expect((await n.keeper.found('sre')).kind).toBe('founded');
      await settleHere(n, [n]);
      const before = d.log.epoch;
      sites.heal();
      await eventually('a new epoch at Delémont', () => d.log.epoch !== before);
      for (const { entryId } of beyond)
        await eventually('written again, settled at both', () => both.every((s) => s.hasSettled(entryId)));
      for (const by of both) await settleHere(by, both);
      same(n, d);
    });

    test('[L17] both founded while apart: each goes on alone, nobody is admitted, until one gives up and joins the other', async () => {
      const both = await Promise.all((await openBoth()).map(run));
      const [n, d] = both as [RunningSite, RunningSite];
      for (const by of both) await settleHere(by, both);
      sites.cut();
      await eventually('apart', () => both.every((s) => !s.log.peer().joined));
      for (const by of both) expect((await by.keeper.found('sre')).kind).toBe('founded');
      for (const by of both) await settleHere(by, [by]);
      const at = draft();
      expect((await d.log.append(at)).kind).toBe('stored');
      await eventually('settled at Delémont', () => d.hasSettled(at.entryId));
      sites.heal();
      await eventually('each knows of the other', () => both.every((s) => s.merge.rival !== undefined));
      await sites.stopServer('delemont');
      await sites.startServer('delemont');
      await eventually('a new epoch', () => d.log.epoch.startsWith('2-'));
      for (const by of both) await settleHere(by, [by]);
      expect(both.map((s) => s.merge.hasLeft(s === n ? 'delemont' : 'noirmont'))).toEqual([true, true]);
      expect((await d.keeper.yield('sre')).kind).toBe('yielded');
      d.stop();
      const again = await run(d.log); // reads the log from the start
      await eventually('Delémont is back', () => !n.merge.isRetired('delemont') && n.merge.rival === undefined);
      await eventually('settled at both', () => [n, again].every((s) => s.hasSettled(at.entryId)));
      for (const by of [n, again]) await settleHere(by, [n, again]);
      same(n, again);
      expect(n.settled.filter((name) => name.endsWith(at.entryId))).toHaveLength(1);
    });
  });
}
