// Why this alarm: the rule, its version and the fixes that decided, as the engine recorded them. Nothing is computed here.
import type { IncidentView, ReasonFix } from '@vigie/api/contract';
import type { Language } from '@vigie/api/contract';
import { type Say, useWords } from '../i18n/language.ts';
import { clockTime, dayAndTime, metres } from '../i18n/quantities.ts';

export function Why({ incident }: { readonly incident: IncidentView }) {
  const { say, language } = useWords();
  const { reason } = incident;
  return (
    <section className="block">
      <h3>{say('case.why')}</h3>
      <p className="rule-line">
        {say('case.rule')} <code>{reason.ruleId}</code> · {say('case.version', { version: reason.ruleVersion })}
      </p>
      {incident.place !== undefined && (
        <p className="rule-line" data-test="place">
          {placeOf(say, incident.place)}
        </p>
      )}
      {reason.fixes.length === 0 ? (
        <p className="panel-hint">{say('case.noFixes')}</p>
      ) : (
        <table>
          <caption className="for-readers">{say('case.fixes')}</caption>
          <thead>
            <tr>
              <th scope="col">
                {say('case.fixTime')} <small>({say('case.zone')})</small>
              </th>
              <th scope="col">{say('case.distance')}</th>
              <th scope="col">{say('case.accuracy')}</th>
            </tr>
          </thead>
          <tbody>
            {reason.fixes.map((fix) => (
              <tr key={`${fix.deviceId} ${fix.at}`}>
                <td>
                  {dayAndTime(language, fix.at)}
                  {fix.receivedAt !== undefined && (
                    <small>{say('case.received', { time: clockTime(language, fix.receivedAt) })}</small>
                  )}
                </td>
                <td>{distance(fix, say, language)}</td>
                <td>± {metres(language, fix.accuracyM)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function distance(fix: ReasonFix, say: Say, language: Language): string {
  if (fix.distanceM === undefined) return '–';
  if (fix.distanceM === 0) return say('case.onEdge');
  const m = metres(language, Math.abs(fix.distanceM));
  return say(fix.distanceM > 0 ? 'case.inside' : 'case.outside', { m });
}

/** In whose territory it lies; a lake belongs to a canton and to no municipality. */
function placeOf(say: Say, { canton, municipality }: NonNullable<IncidentView['place']>): string {
  if (canton === null) return say('case.placeAbroad');
  return municipality === null ? say('case.placeCanton', { canton }) : say('case.place', { canton, municipality });
}
