// Carries the store onto the map: positions as they come, zones, track and deciding fixes of what is chosen.
import { useEffect, useMemo, useRef } from 'react';
import { useWords } from '../i18n/language.ts';
import { age } from '../i18n/quantities.ts';
import { queueOf } from '../queue/order.ts';
import { useDesk } from '../shell/desk-context.ts';
import { useSiteNow } from '../shell/now.ts';
import { useSharedZones } from '../shell/use-shared-zones.ts';
import type { Drawing } from './drawing.ts';
import { decidingFixes, focusBounds } from './focus-shapes.ts';
import { segmentsOf } from './gap.ts';
import { alarmedCases, marksOf } from './marks.ts';
import { withShared, zonesOf } from './zones.ts';

/** Ages on the map are redrawn this often, in milliseconds. */
const AGE_GRAIN_MS = 10_000;
const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export function useDrawnState(drawing: Drawing | null): void {
  const { say } = useWords();
  const positions = useDesk((state) => state.positions);
  const book = useDesk((state) => state.book);
  const focus = useDesk((state) => state.focus);
  const nowMs = Math.floor(useSiteNow() / AGE_GRAIN_MS) * AGE_GRAIN_MS;
  const incident = focus?.incidentId == null ? undefined : book.byId.get(focus.incidentId);
  const alarmed = useMemo(() => alarmedCases(queueOf(book.byId.values()).alarm), [book]);

  useEffect(() => {
    drawing?.showMarks(marksOf(positions, alarmed, nowMs, (at) => age(say, nowMs - Date.parse(at))));
  }, [drawing, positions, alarmed, nowMs, say]);

  const detail = focus?.detail.kind === 'loaded' ? focus.detail.value : null;
  const track = focus?.track.kind === 'loaded' ? focus.track.value : null;
  const shared = useSharedZones();
  const zones = useMemo(() => {
    const rules = detail?.rules ?? [];
    return withShared(zonesOf(rules), rules, shared);
  }, [detail, shared]);
  useEffect(() => drawing?.showZones(zones), [drawing, zones]);
  useEffect(() => drawing?.show('track', track === null ? nothing : segmentsOf(track)), [drawing, track]);
  useEffect(
    () => drawing?.show('deciding', incident === undefined ? nothing : decidingFixes(incident)),
    [drawing, incident],
  );

  // Bring what was chosen into view once, when it is known; later refreshes leave the map where the operator put it.
  const brought = useRef<string | null>(null);
  useEffect(() => {
    if (drawing === null) return;
    const chosen = focus === null ? null : `${focus.caseId} ${focus.incidentId ?? ''}`;
    if (chosen === brought.current) return;
    if (focus === null) {
      brought.current = null;
      return;
    }
    const settled = focus.detail.kind !== 'loading' && focus.track.kind !== 'loading';
    const bounds = settled ? focusBounds(focus, incident) : null;
    if (settled) brought.current = chosen;
    if (bounds !== null) drawing.fit(bounds);
  }, [drawing, focus, incident]);
}
