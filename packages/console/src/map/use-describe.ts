import type { SiteId } from '@vigie/api/contract';
import { type RefObject, useEffect, useRef } from 'react';
import { useWords } from '../i18n/language.ts';
import { age, clockTime, metres } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';
import type { MarkProperties } from './marks.ts';

type Describe = (mark: MarkProperties) => string;

/** A position in words: who, how old, how sure, by which way. In a ref, because the map must not be rebuilt for a language. */
export function useDescribe(): RefObject<Describe> {
  const { say, language } = useWords();
  const offset = useDesk((state) => state.siteClockOffsetMs);
  const describe: Describe = (mark) => {
    const old = age(say, Date.now() + offset - Date.parse(mark.at));
    const who = mark.role === 'protected' ? say('map.protected') : say('case.wearer');
    return `${mark.caseId} · ${who} · ${clockTime(language, mark.at)} (${old}) · ± ${metres(language, mark.accuracyM)} · ${say('map.via', { site: say(`site.${mark.site as SiteId}`) })}`;
  };
  const ref = useRef(describe);
  useEffect(() => {
    ref.current = describe;
  });
  return ref;
}
