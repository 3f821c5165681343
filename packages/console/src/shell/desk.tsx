import { ActionIcon } from '@mantine/core';
import type { MassSilenceView } from '@vigie/api/contract';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { Banner } from '../banner/banner.tsx';
import { CasePanel } from '../case/panel.tsx';
import { useWords } from '../i18n/language.ts';
import { Announcer } from '../queue/announce.tsx';
import { foldMass } from '../queue/mass.ts';
import { queueOf } from '../queue/order.ts';
import { WorkQueue } from '../queue/queue.tsx';
import { alarmTone } from '../queue/tone.ts';
import { Situation } from '../situation/situation.tsx';
import { useReading } from '../situation/use-reading.ts';
import type { ConsoleState } from '../state/console-state.ts';
import { useClient, useDesk, useMayAct, useMayDecide } from './desk-context.ts';
import { Glyph } from './glyph.tsx';
import { KeyHelp } from './key-help.tsx';
import { Languages, SchemeButton } from './settings.tsx';
import { useKeyboard } from './use-keyboard.ts';

// The queue must be there before a megabyte of map library is.
const MapView = lazy(() => import('../map/map-view.tsx'));
// Most who look at the queue never write an order.
const OrderPage = lazy(() => import('../ordering/order-page.tsx'));

/** Rows that fell silent meanwhile stand by themselves until then. */
const MASS_EVERY_MS = 10_000;

export function Desk({ onSignOut }: { readonly onSignOut: () => void }) {
  const { say } = useWords();
  const book = useDesk((state) => state.book);
  const session = useDesk((state) => state.session);
  const mayAct = useMayAct();
  const hasFocus = useDesk((state) => state.focus !== null);
  const all = useMemo(() => queueOf(book.byId.values()), [book]);
  // Asked for only while the site says that there is one.
  const runs = useDesk((state) => state.cluster?.view.incidents.some(({ kind }) => kind === 'mass-silence') ?? false);
  const reading = useReading<MassSilenceView>(runs ? '/v1/mass-silence' : null, MASS_EVERY_MS);
  const view = runs && reading.kind === 'loaded' ? reading.value : null;
  const [massOpen, setMassOpen] = useState(false);
  const toggleMass = useCallback(() => setMassOpen((open) => !open), []);
  const { queue, mass } = useMemo(() => foldMass(all, view, massOpen), [all, view, massOpen]);
  const [audible, setAudible] = useState(false);
  const [help, setHelp] = useState(false);
  const client = useClient();
  const mayDecide = useMayDecide();
  const page = useDesk((state) => state.page);
  const setPage = useCallback((next: ConsoleState['page']) => client.store.update({ page: next }), [client]);
  useKeyboard(queue, { help, setHelp, page, setPage, toggleMass });
  const soundLabel = say(audible ? 'settings.soundOff' : 'settings.soundOn');
  const turnSound = () => {
    if (!audible) alarmTone(9);
    setAudible(!audible);
  };
  return (
    <div className="desk">
      <Banner onUnobserved={() => setPage('situation')}>
        {session !== null && (
          <span className="who">
            {say(`role.${session.role}`)}
            {session.canton !== null && ` ${session.canton}`}
            {!mayAct && !mayDecide && ` · ${say('role.readOnly')}`}
          </span>
        )}
        {mayDecide && (
          <ActionIcon
            variant="default"
            aria-pressed={page === 'order'}
            aria-label={say('order.titleNew')}
            title={say('order.titleNew')}
            onClick={() => client.orders.openNew()}
            data-test="new-order"
          >
            <Glyph name="order" />
          </ActionIcon>
        )}
        <ActionIcon
          variant="default"
          aria-pressed={page === 'situation'}
          aria-label={say('situation.title')}
          title={say('situation.title')}
          onClick={() => setPage(page === 'situation' ? 'queue' : 'situation')}
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
      {page === 'situation' && (
        <Situation
          waiting={all.alarm.length}
          onBack={() => setPage('queue')}
          onOpenCase={(caseId) => {
            client.openCase(caseId);
            setPage('queue');
          }}
        />
      )}
      {page === 'order' && (
        <Suspense fallback={<main className="ordering">{say('case.loading')}</main>}>
          <OrderPage waiting={all.alarm.length} />
        </Suspense>
      )}
      {page === 'queue' && (
        <main className="desk-main" data-focus={hasFocus ? 'case' : 'queue'}>
          <WorkQueue queue={queue} mass={mass} onMass={toggleMass} />
          <Suspense fallback={<div className="map map-waiting">{say('map.loading')}</div>}>
            <MapView />
          </Suspense>
          <CasePanel />
        </main>
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
      <Announcer queue={all} mass={mass} audible={audible} />
    </div>
  );
}
