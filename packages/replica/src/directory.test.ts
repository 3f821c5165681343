import { logTimeUs } from '@vigie/model';
import { expect, test } from 'vitest';
import { Directory } from './directory.ts';
import { recordedCase } from './testing/court.ts';
import type { CaseView } from '@vigie/engine';

const view = (measure: string, more: Partial<CaseView> = {}): CaseView => ({
  measure,
  recorded: { ...recordedCase(1), caseId: 'JU-1' },
  revision: 1,
  ended: false,
  devices: [],
  incidents: [],
  ...more,
});
const at = (t: number, site: 'noirmont' | 'delemont') => ({ t: logTimeUs(t), site });

test('[L16] of a case id recorded at both sites at once the first in merged order stands, in whichever order they arrive', () => {
  for (const order of [
    ['ff', '00'],
    ['00', 'ff'],
  ]) {
    const directory = new Directory();
    const places = { ff: at(100, 'delemont'), '00': at(101, 'noirmont') };
    for (const measure of order as ('ff' | '00')[]) {
      directory.recorded(measure, places[measure]);
      directory.update(measure, view(measure));
    }
    expect(directory.measureOf('JU-1')).toBe('ff');
    directory.update('ff', view('ff', { ended: true }));
    expect(directory.measureOf('JU-1')).toBe('00');
    directory.update('00', undefined);
    expect(directory.measureOf('JU-1')).toBe('ff');
  }
});

test('[L16] at one log time Noirmont comes first; what a snapshot brought comes before what is new', () => {
  const directory = new Directory();
  directory.recorded('aa', at(100, 'delemont'));
  directory.update('aa', view('aa'));
  directory.recorded('bb', at(100, 'noirmont'));
  directory.update('bb', view('bb'));
  expect(directory.measureOf('JU-1')).toBe('bb');
  directory.update('cc', view('cc'));
  expect(directory.measureOf('JU-1')).toBe('cc');
});

test('[L16] of two that a snapshot brought, the order does not depend on which came first', () => {
  for (const order of [
    ['aa', 'bb'],
    ['bb', 'aa'],
  ]) {
    const directory = new Directory();
    for (const measure of order) directory.update(measure, view(measure));
    expect(directory.measureOf('JU-1')).toBe('aa');
  }
});

test('[D5] a device is counted at the site of its latest report, and nowhere once its case is gone', () => {
  const directory = new Directory();
  directory.update('aa', view('aa'));
  const { deviceId, tokenHash } = recordedCase(1).devices[0] ?? { deviceId: '', tokenHash: '' };
  const bound = () => [directory.boundTo('noirmont'), directory.boundTo('delemont')];
  directory.heard(deviceId, 'noirmont');
  directory.heard(deviceId, 'noirmont');
  expect(bound()).toEqual([1, 0]);
  directory.heard(deviceId, 'delemont');
  expect([bound(), [...directory.measuresBoundTo('delemont')]]).toEqual([[0, 1], ['aa']]);
  expect([...directory.measuresBoundTo('noirmont')]).toEqual([]);
  directory.update('aa', undefined);
  expect([bound(), directory.device(tokenHash)]).toEqual([[0, 0], undefined]);
});

test('[L16] a token that two cases name stays with the other when one is taken out', () => {
  const directory = new Directory();
  const { tokenHash } = recordedCase(1).devices[0] ?? { tokenHash: '' };
  directory.update('aa', view('aa'));
  directory.update('bb', view('bb'));
  directory.update('aa', undefined);
  expect(directory.device(tokenHash)?.measure).toBe('bb');
});
