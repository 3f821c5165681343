import { ActionIcon } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Banner } from '../banner/banner.tsx';
import { CasePanel } from '../case/panel.tsx';
import { useWords } from '../i18n/language.ts';
import { Announcer } from '../queue/announce.tsx';
import { queueOf } from '../queue/order.ts';
import { WorkQueue } from '../queue/queue.tsx';
import { alarmTone } from '../queue/tone.ts';
import { Situation } from '../situation/situation.tsx';
import { useClient, useDesk, useMayAct } from './desk-context.ts';
import { Glyph } from './glyph.tsx';
import { KeyHelp } from './key-help.tsx';
import { Languages, SchemeButton } from './settings.tsx';
import { useKeyboard } from './use-keyboard.ts';

// The queue must be there before a megabyte of map library is.
const MapView = lazy(() => import('../map/map-view.tsx'));

export function Desk({ onSignOut }: { readonly onSignOut: () => void }) {
  const { say } = useWords();
  const book = useDesk((state) => state.book);
  const session = useDesk((state) => state.session);
  const mayAct = useMayAct();
  const hasFocus = useDesk((state) => state.focus !== null);
  const queue = useMemo(() => queueOf(book.byId.values()), [book]);
  const [audible, setAudible] = useState(false);
  const [help, setHelp] = useState(false);
  const [situation, setSituation] = useState(false);
  const client = useClient();
  useKeyboard(queue, { help, setHelp, situation, setSituation });
  const soundLabel = say(audible ? 'settings.soundOff' : 'settings.soundOn');
  const turnSound = () => {
    if (!audible) alarmTone(9);
    setAudible(!audible);
  };
  return (
    <div className="desk">
      <Banner onUnobserved={() => setSituation(true)}>
        {session !== null && (
          <span className="who">
            {say(`role.${session.role}`)}
            {session.canton !== null && ` ${session.canton}`}
            {!mayAct && ` · ${say('role.readOnly')}`}
          </span>
        )}
        <ActionIcon
          variant="default"
          aria-pressed={situation}
          aria-label={say('situation.title')}
          title={say('situation.title')}
          onClick={() => setSituation(!situation)}
          data-test="open-situation"
        >
          <Glyph name="situation" />
        </ActionIcon>
        <Languages />
        <ActionIcon
          variant="default"
          aria-pressed={audible}
          aria-label={soundLabel}
          title={soundLabel}
          onClick={turnSound}
        >
          <Glyph name={audible ? 'sound' : 'mute'} />
        </ActionIcon>
        <SchemeButton />
        <ActionIcon
          variant="default"
          aria-expanded={help}
          aria-label={say('settings.keys')}
          title={say('settings.keys')}
          onClick={() => setHelp(!help)}
        >
          <Glyph name="keys" />
        </ActionIcon>
        <ActionIcon variant="default" aria-label={say('signOut')} title={say('signOut')} onClick={onSignOut}>
          <Glyph name="out" />
        </ActionIcon>
      </Banner>
      {situation ? (
        <Situation
          waiting={queue.alarm.length}
          onBack={() => setSituation(false)}
          onOpenCase={(caseId) => {
            client.openCase(caseId);
            setSituation(false);
          }}
        />
      ) : (
        <main className="desk-main" data-focus={hasFocus ? 'case' : 'queue'}>
          <WorkQueue queue={queue} />
          <Suspense fallback={<div className="map map-waiting">{say('map.loading')}</div>}>
            <MapView />
          </Suspense>
          <CasePanel />
        </main>
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
      <Announcer queue={queue} audible={audible} />
    </div>
  );
}
