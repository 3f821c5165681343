// The header of a packed zone: eight 32-bit integers, half a cache line. Boxes are in 1e-7 degree.

export const HEADER_SLOTS = 8;
export const WEST = 0;
export const SOUTH = 1;
export const EAST_EDGE = 2;
export const NORTH_EDGE = 3;
/** Where the zone's numbers begin in the integer heap. */
export const NUMBERS_AT = 4;
/** Kind, flags, count of rings: see below. */
export const KIND = 5;
export const TAG = 6;
/** Where the cells of a polygon lie in the heap, once they have been worked out (see polygon-cells.ts). */
export const CELLS_AT = 7;

/** The kind is in the low two bits. */
export const KIND_BITS = 3;
export const CIRCLE = 0;
export const POLYGON = 1;
export const CORRIDOR = 2;
/** The recorded scale lies before the numbers. Without this flag it is what the series gives for the middle latitude of the box. */
export const OWN_SCALE = 4;
export const HAS_CELLS = 8;
export const RINGS_SHIFT = 4;

/** Integers of a recorded scale before the numbers of a zone: its latitude, then four values in two parts each; one stays free. */
export const SCALE_INTS = 10;
