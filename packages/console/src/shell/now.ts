import { useEffect, useState } from 'react';
import { useDesk } from './desk-context.ts';

/** The site's time in milliseconds since the epoch, moving once a second: ages of what the site said are told by its clock. */
export function useSiteNow(): number {
  const offset = useDesk((state) => state.siteClockOffsetMs);
  return useTick(wallMs) + offset;
}

/** Milliseconds of this page's own monotonic clock, moving once a second. */
export const usePageNow = (): number => useTick(pageMs);

const wallMs = (): number => Date.now();
const pageMs = (): number => performance.now();

/** `read` must be one function for good: a new one at each drawing would start the second anew and never end it. */
function useTick(read: () => number): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), 1_000);
    return () => clearInterval(timer);
  }, [read]);
  return now;
}
