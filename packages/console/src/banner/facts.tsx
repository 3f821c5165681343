import type { ClusterView } from '@vigie/api/contract';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/language.ts';
import { age, milliseconds } from '../i18n/quantities.ts';
import { type Condition, newestReportAgeMs } from './condition.ts';

interface Props {
  readonly view: ClusterView;
  /** How long ago the view was received, in milliseconds of this page's clock. */
  readonly sinceMs: number;
  readonly peerState: Condition['peerState'];
  readonly onUnobserved: () => void;
}

export function Facts({ view, sinceMs, peerState, onUnobserved }: Props) {
  const { say, language } = useWords();
  const peer = say(`site.${view.peer.site}`);
  const newest = newestReportAgeMs(view);
  const equal = view.digest?.equal ?? null;
  return (
    <>
      <Fact tone={peerState === 'joined' ? 'good' : 'notice'} name="peer">
        {say(`banner.${peerState === 'unknown' ? 'apart' : peerState}`, { peer })}
      </Fact>
      {view.peer.lagMs !== null && (
        <Fact name="lag">{say('banner.lag', { ms: milliseconds(language, view.peer.lagMs) })}</Fact>
      )}
      <Fact name="settled">{say('banner.settled', { ms: milliseconds(language, view.settledBehindMs) })}</Fact>
      <Fact name="newest">
        {newest === null ? say('banner.noReports') : say('banner.newest', { age: age(say, newest + sinceMs) })}
      </Fact>
      <Fact tone={equal === false ? 'bad' : equal && peerState === 'joined' ? 'good' : 'plain'} name="digest">
        {say(equal === null ? 'banner.digestPending' : equal ? 'banner.digestEqual' : 'banner.digestDiffers')}
      </Fact>
      {view.unobservedDevices > 0 && (
        <Fact tone="notice" name="unobserved">
          <button type="button" className="fact-button" onClick={onUnobserved}>
            {say('banner.unobserved', { count: view.unobservedDevices })}
          </button>
        </Fact>
      )}
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly tone?: 'plain' | 'good' | 'notice' | 'bad';
  readonly children: ReactNode;
}

const Fact = ({ name, tone = 'plain', children }: FactProps) => (
  <li className={`fact fact-${tone}`} data-fact={name}>
    {children}
  </li>
);
