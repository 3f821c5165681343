import type { Instant } from '../contract.ts';

export const instantMs = (ms: number): Instant => new Date(ms).toISOString();
export const instantUs = (us: number): Instant => new Date(Math.floor(us / 1000)).toISOString();
