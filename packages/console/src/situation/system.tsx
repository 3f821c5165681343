import type { ClusterView, OperatingIncident } from '@vigie/api/contract';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/language.ts';
import { dayAndTime, milliseconds } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';

/** What is wrong with the system as this site sees it, since when, and what the machine itself says of it; then how the sites stand. */
export function System() {
  const { say } = useWords();
  const cluster = useDesk((state) => state.cluster?.view ?? null);
  if (cluster === null) return <p className="panel-hint">{say('banner.waiting')}</p>;
  return (
    <>
      {cluster.incidents.length === 0 ? (
        <p data-test="system-well">{say('situation.systemWell')}</p>
      ) : (
        <ul className="troubles">
          {cluster.incidents.map((incident) => (
            <Trouble key={incident.kind} incident={incident} />
          ))}
        </ul>
      )}
      <Standing cluster={cluster} />
    </>
  );
}

function Trouble({ incident: { kind, since, detail } }: { readonly incident: OperatingIncident }) {
  const { say, language } = useWords();
  return (
    <li data-trouble={kind}>
      <p>{say(`system.${kind}`)}</p>
      <small>
        {say('situation.since', { time: dayAndTime(language, since) })}
        {detail !== '' && (
          <>
            {' · '}
            {/* Written for the people who run the machines, in English. */}
            <span lang="en">{detail}</span>
          </>
        )}
      </small>
    </li>
  );
}

function Standing({ cluster }: { readonly cluster: ClusterView }) {
  const { say, language } = useWords();
  const { clockSkewMs, generation, rival, logFormat } = cluster;
  const peer = say(`site.${cluster.peer.site}`);
  return (
    <dl className="terms">
      <Term name={say('situation.membership')}>
        {say(`situation.${cluster.membership}`)}
        {cluster.alone && `. ${say('note.left', { peer })}`}
      </Term>
      {rival !== null && <Term name={say('situation.rival')}>{say('situation.rivalText', { peer })}</Term>}
      <Term name={say('situation.skew')}>
        {clockSkewMs === null ? say('situation.unknown') : milliseconds(language, Math.abs(clockSkewMs))}
      </Term>
      <Term name={say('situation.settledBehind')}>{milliseconds(language, cluster.settledBehindMs)}</Term>
      <Term name={say('situation.generation')}>
        <code>{generation}</code> · <code>{logFormat}</code>
      </Term>
    </dl>
  );
}

const Term = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
