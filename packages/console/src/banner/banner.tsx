// The top line of the desk: which site this is, whether the other is heard, how old everything is, and in words what follows from it.
import './banner.css';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { otherSite } from '../client/failover.ts';
import { useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import { usePageNow } from '../shell/now.ts';
import { conditionOf } from './condition.ts';
import { Facts } from './facts.tsx';
import { Notes } from './notes.tsx';

interface Props {
  readonly onUnobserved: () => void;
  readonly children: ReactNode;
}

export function Banner({ onUnobserved, children }: Props) {
  const { say } = useWords();
  const client = useClient();
  const link = useDesk((state) => state.link);
  const cluster = useDesk((state) => state.cluster);
  const readsFail = useDesk((state) => state.readsFail);
  const nowMs = usePageNow();
  const condition = conditionOf({ link, cluster: cluster?.view ?? null, readsFail, nowMs });
  const other = otherSite(link.at);
  return (
    <header className="banner" data-tone={condition.tone} data-site={link.at} data-peer={condition.peerState}>
      <div className="banner-line">
        <h1>
          <img src="/icon.svg" alt="" width="22" height="22" />
          <span className="for-readers">
            {say('app.name')} · {say('banner.thisSite')}{' '}
          </span>
          {say(`site.${link.at}`)}
        </h1>
        <ul className="facts" aria-label={say('banner.label')}>
          {cluster === null ? (
            <li className="fact">{say('banner.waiting')}</li>
          ) : (
            <Facts
              view={cluster.view}
              sinceMs={Math.max(0, nowMs - cluster.receivedMs)}
              peerState={condition.peerState}
              onUnobserved={onUnobserved}
            />
          )}
        </ul>
        {(link.homeAnswers || readsFail) && (
          <Button size="compact-xs" variant="default" onClick={() => client.choose(other)}>
            {say(link.homeAnswers ? 'banner.backTo' : 'banner.goTo', { site: say(`site.${other}`) })}
          </Button>
        )}
        <div className="banner-tools">{children}</div>
      </div>
      <Notes notes={condition.notes} />
    </header>
  );
}
