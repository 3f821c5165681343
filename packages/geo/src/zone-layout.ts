// The header of a packed zone: eight 32-bit integers, half a cache line. Boxes are in 1e-7 degree.

export const HEADER_SLOTS = 8;
export const WEST = 0;
export const SOUTH = 1;
export const EAST_EDGE = 2;
export const NORTH_EDGE = 3;
/** Where the zone's numbers begin in the integer heap. */
export const NUMBERS_AT = 4;
/** Kind in the low two bits, count of rings above. */
export const KIND = 5;
export const TAG = 6;
export const SCALE_LAT = 7;

export const CIRCLE = 0;
export const POLYGON = 1;
export const CORRIDOR = 2;
