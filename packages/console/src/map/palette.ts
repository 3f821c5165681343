// Colours of the map in light and dark. Lines that mean something reach 3:1 against the land; texts 4.5:1.
export interface Palette {
  readonly abroad: string;
  readonly land: string;
  readonly border: string;
  readonly coast: string;
  readonly lake: string;
  readonly text: string;
  readonly halo: string;
  readonly fix: string;
  readonly alarm: string;
  readonly old: string;
  readonly protected: string;
  readonly exclusion: string;
  readonly inclusion: string;
  readonly close: string;
  readonly sparse: string;
  readonly unknown: string;
  readonly deciding: string;
}

const light: Palette = {
  abroad: '#e3e8ed',
  land: '#fbfbf8',
  border: '#c3cad1',
  coast: '#8d99a5',
  lake: '#cfe0ee',
  text: '#46525e',
  halo: '#ffffff',
  fix: '#14629e',
  alarm: '#b3261e',
  old: '#77818b',
  protected: '#6a2fa3',
  exclusion: '#b3261e',
  inclusion: '#1b6e3c',
  close: '#14629e',
  sparse: '#a15c00',
  unknown: '#b3261e',
  deciding: '#b3261e',
};

const dark: Palette = {
  abroad: '#0d1217',
  land: '#1b232b',
  border: '#36424e',
  coast: '#56646f',
  lake: '#14303f',
  text: '#b4c0cb',
  halo: '#10161c',
  fix: '#6bb7f0',
  alarm: '#ff7b6e',
  old: '#8a96a1',
  protected: '#c79bf2',
  exclusion: '#ff7b6e',
  inclusion: '#6fcf97',
  close: '#6bb7f0',
  sparse: '#f0b357',
  unknown: '#ff7b6e',
  deciding: '#ff7b6e',
};

export const paletteOf = (scheme: 'light' | 'dark'): Palette => (scheme === 'dark' ? dark : light);
