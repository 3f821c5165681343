import type { UnobservedView } from '@vigie/api/contract';
import { Refusal } from '../case/refusal.tsx';
import { useWords } from '../i18n/language.ts';
import { age, dayAndTime } from '../i18n/quantities.ts';
import { useSiteNow } from '../shell/now.ts';
import { useReading } from './use-reading.ts';

const READ_EVERY_MS = 3_000;

/** Devices that report to a site that is not heard: nobody here knows where they are. Each row opens its measure. */
export function Unobserved({ onOpen }: { readonly onOpen: (caseId: string) => void }) {
  const { say, language } = useWords();
  const nowMs = useSiteNow();
  const reading = useReading<UnobservedView>('/v1/unobserved', READ_EVERY_MS);
  if (reading.kind !== 'loaded') return <Refusal of={reading} />;
  const { site, since, count, tasks, devices } = reading.value;
  if (site === null || since === null) return <p data-test="all-observed">{say('unobserved.none')}</p>;
  const values = { site: say(`site.${site}`), time: dayAndTime(language, since), count, tasks };
  return (
    <>
      <p>{say('unobserved.said', values)}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{say('unobserved.case')}</th>
            <th scope="col">{say('unobserved.last')}</th>
            <th scope="col">{say('unobserved.limit')}</th>
          </tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <tr key={`${device.caseId} ${device.deviceId}`} data-unobserved={device.caseId}>
              <td>
                <button type="button" className="link-button" onClick={() => onOpen(device.caseId)}>
                  <span className="case-id">{device.caseId}</span>
                </button>
                <small>{say(device.role === 'wearer' ? 'case.wearer' : 'case.protected')}</small>
              </td>
              <td>{say('unobserved.ago', { age: age(say, nowMs - Date.parse(device.lastReportAt)) })}</td>
              <td>
                {device.limitS === null ? '–' : age(say, device.limitS * 1000)}
                {device.task && <span className="mark mark-task">{say('unobserved.task')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > devices.length && <p className="panel-hint">{say('queue.more', { count: count - devices.length })}</p>}
    </>
  );
}
