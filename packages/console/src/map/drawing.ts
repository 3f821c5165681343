// The map library behind a narrow door: data in, choices out. Knows nothing of React, requests or the store.
import 'maplibre-gl/dist/maplibre-gl.css';
import { type GeoJSONSource, Map as MapLibre, Popup, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { addIcons } from './icons.ts';
import { type Marks, type MarkProperties, accuracyCircles } from './marks.ts';
import type { Palette } from './palette.ts';
import { type SourceName, styleOf } from './style.ts';
import { type Zones, namesOf } from './zones.ts';
import { BOUNDS, type Switzerland } from './switzerland.ts';

setWorkerUrl(workerUrl);

/** Below this zoom an accuracy circle is smaller than the icon's own ring. */
const ACCURACY_ZOOM_MIN = 9;
/** Short: who chose an alarm wants to see the place, not the flight. */
const FIT = { padding: 60, maxZoom: 16, duration: 500 } as const;

export interface View {
  readonly center: [number, number];
  readonly zoom: number;
}

export interface DrawingOptions {
  readonly container: HTMLElement;
  readonly country: Switzerland;
  readonly palette: Palette;
  /** Where the map was before its colours changed. */
  readonly view: View | null;
  /** Of people; a map without people needs neither. */
  readonly describe?: (mark: MarkProperties) => string;
  readonly onChoose?: (caseId: string) => void;
  /** A click anywhere, in degrees. */
  readonly onPoint?: (lon: number, lat: number) => void;
}

export class Drawing {
  readonly #map: MapLibre;
  readonly #popup = new Popup({ closeButton: false, closeOnClick: false, offset: 16 });
  #marks: Marks = { type: 'FeatureCollection', features: [] };
  #ready = false;
  readonly #pending = new Map<SourceName, GeoJSON.FeatureCollection>();

  constructor({ container, country, palette, view, describe, onChoose, onPoint }: DrawingOptions) {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#map = new MapLibre({
      container,
      style: styleOf(country, palette),
      // The source of the boundaries is written beside the map, in the page's own words and colours.
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      // Arrow keys belong to the queue.
      keyboard: false,
      minZoom: 5.5,
      maxZoom: 17,
      fadeDuration: still ? 0 : 150,
      ...(view === null ? { bounds: BOUNDS, fitBoundsOptions: { padding: 12 } } : view),
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.on('load', () => {
      addIcons(this.#map, palette);
      this.#ready = true;
      for (const [name, data] of this.#pending) this.#set(name, data);
      container.dataset['drawn'] = 'yes';
    });
    this.#map.on('moveend', () => this.#drawAccuracy());
    if (onPoint !== undefined) this.#map.on('click', ({ lngLat }) => onPoint(lngLat.lng, lngLat.lat));
    if (onChoose !== undefined && describe !== undefined) this.#watchMarks(onChoose, describe);
  }

  get view(): View {
    const { lng, lat } = this.#map.getCenter();
    return { center: [lng, lat], zoom: this.#map.getZoom() };
  }

  /** Zones, each with its name at its northern edge: in the middle it would lie under what is to be seen there. */
  showZones(zones: Zones): void {
    this.#set('zones', zones);
    this.#set('zone-names', namesOf(zones));
  }

  show(
    name: Exclude<SourceName, 'marks' | 'accuracy' | 'zones' | 'zone-names'>,
    data: GeoJSON.FeatureCollection,
  ): void {
    this.#set(name, data);
  }

  showMarks(marks: Marks): void {
    this.#marks = marks;
    this.#set('marks', marks);
    this.#drawAccuracy();
  }

  fit(bounds: [number, number, number, number]): void {
    this.#map.fitBounds(bounds, FIT);
  }

  whole(): void {
    this.#map.fitBounds(BOUNDS, { padding: 12 });
  }

  zoom(by: 1 | -1): void {
    this.#map.easeTo({ zoom: this.#map.getZoom() + by });
  }

  remove(): void {
    this.#popup.remove();
    this.#map.remove();
  }

  #watchMarks(onChoose: (caseId: string) => void, describe: (mark: MarkProperties) => string): void {
    this.#map.on('click', 'marks', (event) => {
      const mark = event.features?.[0]?.properties as MarkProperties | undefined;
      if (mark !== undefined) onChoose(mark.caseId);
    });
    this.#map.on('mousemove', 'marks', (event) => {
      const [feature] = event.features ?? [];
      if (feature?.geometry.type !== 'Point') return;
      this.#map.getCanvas().style.cursor = 'pointer';
      const [lon = 0, lat = 0] = feature.geometry.coordinates;
      this.#popup
        .setLngLat([lon, lat])
        .setText(describe(feature.properties as MarkProperties))
        .addTo(this.#map);
    });
    this.#map.on('mouseleave', 'marks', () => {
      this.#map.getCanvas().style.cursor = '';
      this.#popup.remove();
    });
  }

  #drawAccuracy(): void {
    const bounds = this.#map.getBounds();
    const near = this.#map.getZoom() >= ACCURACY_ZOOM_MIN;
    const view = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    this.#set('accuracy', near ? accuracyCircles(this.#marks, view) : { type: 'FeatureCollection', features: [] });
  }

  #set(name: SourceName, data: GeoJSON.FeatureCollection): void {
    if (!this.#ready) {
      this.#pending.set(name, data);
      return;
    }
    void this.#map.getSource<GeoJSONSource>(name)?.setData(data);
  }
}
