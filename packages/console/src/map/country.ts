import { SWITZERLAND_PATH, type Switzerland } from './switzerland.ts';

export async function readCountry(): Promise<Switzerland | 'failed'> {
  try {
    const response = await fetch(SWITZERLAND_PATH);
    return response.ok ? ((await response.json()) as Switzerland) : 'failed';
  } catch {
    // The page's own site went away between the page and the map: said in words.
    return 'failed';
  }
}
