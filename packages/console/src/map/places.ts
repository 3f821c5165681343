// Names for orientation. Positions are of town centres, to a hundredth of a degree; nothing is decided by them.
export interface Place {
  readonly name: string;
  readonly at: readonly [lon: number, lat: number];
  /** Smaller is shown from farther away. */
  readonly rank: 1 | 2 | 3;
}

export const PLACES: readonly Place[] = [
  { name: 'Zürich', at: [8.54, 47.37], rank: 1 },
  { name: 'Genève', at: [6.14, 46.2], rank: 1 },
  { name: 'Basel', at: [7.59, 47.56], rank: 1 },
  { name: 'Bern', at: [7.45, 46.95], rank: 1 },
  { name: 'Lausanne', at: [6.63, 46.52], rank: 1 },
  { name: 'Lugano', at: [8.95, 46.0], rank: 1 },
  { name: 'Luzern', at: [8.31, 47.05], rank: 1 },
  { name: 'St. Gallen', at: [9.38, 47.42], rank: 1 },
  { name: 'Chur', at: [9.53, 46.85], rank: 1 },
  { name: 'Sion', at: [7.36, 46.23], rank: 1 },
  { name: 'Neuchâtel', at: [6.93, 46.99], rank: 2 },
  { name: 'Fribourg', at: [7.16, 46.81], rank: 2 },
  { name: 'Biel/Bienne', at: [7.24, 47.14], rank: 2 },
  { name: 'Thun', at: [7.63, 46.76], rank: 2 },
  { name: 'Winterthur', at: [8.72, 47.5], rank: 2 },
  { name: 'Schaffhausen', at: [8.63, 47.7], rank: 2 },
  { name: 'Aarau', at: [8.05, 47.39], rank: 2 },
  { name: 'Solothurn', at: [7.54, 47.21], rank: 2 },
  { name: 'Delémont', at: [7.34, 47.37], rank: 2 },
  { name: 'Bellinzona', at: [9.02, 46.19], rank: 2 },
  { name: 'Frauenfeld', at: [8.9, 47.56], rank: 2 },
  { name: 'Zug', at: [8.52, 47.17], rank: 2 },
  { name: 'Yverdon-les-Bains', at: [6.64, 46.78], rank: 3 },
  { name: 'La Chaux-de-Fonds', at: [6.83, 47.1], rank: 3 },
  { name: 'Porrentruy', at: [7.08, 47.42], rank: 3 },
  { name: 'Le Noirmont', at: [6.96, 47.22], rank: 3 },
  { name: 'Moutier', at: [7.37, 47.28], rank: 3 },
  { name: 'Olten', at: [7.91, 47.35], rank: 3 },
  { name: 'Montreux', at: [6.91, 46.43], rank: 3 },
  { name: 'Nyon', at: [6.24, 46.38], rank: 3 },
  { name: 'Martigny', at: [7.07, 46.1], rank: 3 },
  { name: 'Brig', at: [7.99, 46.32], rank: 3 },
  { name: 'Interlaken', at: [7.86, 46.69], rank: 3 },
  { name: 'Locarno', at: [8.8, 46.17], rank: 3 },
  { name: 'Davos', at: [9.83, 46.8], rank: 3 },
  { name: 'Rapperswil', at: [8.82, 47.23], rank: 3 },
];
