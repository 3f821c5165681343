// The zones of the order that is open, on the same map as everything else. A click gives the rule being drawn its next point.
import '../map/map.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { readCountry } from '../map/country.ts';
import { Drawing, type View } from '../map/drawing.ts';
import { paletteOf } from '../map/palette.ts';
import { boundsOf } from '../map/shapes.ts';
import { ATTRIBUTION, type Switzerland } from '../map/switzerland.ts';
import { useClient } from '../shell/desk-context.ts';
import type { SharedZoneView } from '@vigie/api/contract';
import { drawnVertices, drawnZones, withPoint } from './sketch.ts';
import { useOrdering } from './use-ordering.ts';

export default function SketchMap({ shared }: { readonly shared: readonly SharedZoneView[] }) {
  const { say } = useWords();
  const { orders } = useClient();
  const { draft, drawing: drawn, looking, problems } = useOrdering();
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<View | null>(null);
  const [country, setCountry] = useState<Switzerland | 'loading' | 'failed'>('loading');
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const palette = paletteOf(useComputedColorScheme('light'));

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
        onPoint: (lon, lat) => orders.draw((order, key) => withPoint(order, key, [lon, lat])),
      });
      setDrawing(made);
      return () => {
        view.current = made.view;
        setDrawing(null);
        made.remove();
      };
    } catch {
      // No WebGL on this machine: said in words; the text of the zone is enough.
      setCountry('failed');
      return;
    }
  }, [country, palette, orders]);

  const zones = useMemo(() => drawnZones(draft.rules, shared), [draft.rules, shared]);
  const vertices = useMemo(() => drawnVertices(draft.rules, drawn, problems), [draft.rules, drawn, problems]);
  useEffect(() => drawing?.showZones(zones), [drawing, zones]);
  useEffect(() => drawing?.show('vertices', vertices), [drawing, vertices]);

  // Once, when there is something to see, and when it is asked for; otherwise people move the map themselves, the more so while they draw.
  const brought = useRef(false);
  useEffect(() => {
    if (drawing === null || brought.current || (zones.features.length === 0 && drawn === null)) return;
    brought.current = true;
    const bounds = boundsOf(zones.features.map(({ geometry }) => geometry));
    if (bounds !== null && view.current === null) drawing.fit(bounds);
  }, [drawing, zones, drawn]);
  const looked = useRef(looking);
  useEffect(() => {
    if (drawing === null || looking === null || looking === looked.current) return;
    looked.current = looking;
    const bounds = boundsOf(
      drawnZones(
        draft.rules.filter(({ key }) => key === looking.rule),
        shared,
      ).features.map(({ geometry }) => geometry),
    );
    if (bounds !== null) drawing.fit(bounds);
  }, [drawing, looking, draft.rules, shared]);

  return (
    <section className="map" aria-label={say('map.label')} data-drawing={drawn !== null}>
      <div ref={container} className="map-canvas" />
      {country === 'loading' && <p className="map-words">{say('map.loading')}</p>}
      {country === 'failed' && <p className="map-words">{say('order.noMap')}</p>}
      <p className="map-source">{say('map.source', { source: ATTRIBUTION })}</p>
    </section>
  );
}
