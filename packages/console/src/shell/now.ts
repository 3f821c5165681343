import { useEffect, useState } from 'react';
import { useDesk } from './desk-context.ts';

/** The site's time in milliseconds since the epoch, moving once a second: ages of what the site said are told by its clock. */
export function useSiteNow(): number {
  const offset = useDesk((state) => state.siteClockOffsetMs);
  return useTick(() => Date.now()) + offset;
}

/** Milliseconds of this page's own monotonic clock, moving once a second. */
export const usePageNow = (): number => useTick(() => performance.now());

function useTick(read: () => number): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), 1_000);
    return () => clearInterval(timer);
  });
  return now;
}
