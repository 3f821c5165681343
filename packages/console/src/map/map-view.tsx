import './map.css';
import { ActionIcon, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { Glyph } from '../shell/glyph.tsx';
import { Drawing, type View } from './drawing.ts';
import { Legend } from './legend.tsx';
import { paletteOf } from './palette.ts';
import { readCountry } from './country.ts';
import { ATTRIBUTION, type Switzerland } from './switzerland.ts';
import { useDescribe } from './use-describe.ts';
import { useDrawnState } from './use-drawn-state.ts';
import { useClient } from '../shell/desk-context.ts';
import { gravestOf } from '../queue/order.ts';

type Country = Switzerland | 'loading' | 'failed';

export default function MapView() {
  const { say } = useWords();
  const client = useClient();
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<View | null>(null);
  const [country, setCountry] = useState<Country>('loading');
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const scheme = useComputedColorScheme('light');
  const palette = paletteOf(scheme);
  const describe = useDescribe();

  useEffect(() => {
    void readCountry().then(setCountry);
  }, []);

  useEffect(() => {
    if (typeof country === 'string' || container.current === null) return;
    try {
      const made = new Drawing({
        container: container.current,
        country,
        palette,
        view: view.current,
        describe: (mark) => describe.current(mark),
        onChoose: (caseId) => {
          const incident = gravestOf(client.store.value.book.byId.values(), caseId);
          if (incident === undefined) client.openCase(caseId);
          else client.openIncident(incident);
        },
      });
      setDrawing(made);
      return () => {
        view.current = made.view;
        setDrawing(null);
        made.remove();
      };
    } catch {
      // No WebGL on this machine: said in words instead of a map.
      setCountry('failed');
      return;
    }
  }, [client, country, palette, describe]);

  useDrawnState(drawing);

  return (
    <section className="map" aria-label={say('map.label')}>
      <div ref={container} className="map-canvas" />
      {country === 'loading' && <p className="map-words">{say('map.loading')}</p>}
      {country === 'failed' ? (
        <p className="map-words">{say('map.failed')}</p>
      ) : (
        <>
          <div className="map-tools">
            <ActionIcon variant="default" aria-label={say('map.zoomIn')} onClick={() => drawing?.zoom(1)}>
              <Glyph name="plus" />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={say('map.zoomOut')} onClick={() => drawing?.zoom(-1)}>
              <Glyph name="minus" />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={say('map.whole')} onClick={() => drawing?.whole()}>
              <Glyph name="whole" />
            </ActionIcon>
          </div>
          <Legend />
        </>
      )}
      <p className="map-source">{say('map.source', { source: ATTRIBUTION })}</p>
    </section>
  );
}
