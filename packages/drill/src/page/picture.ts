// The timeline as one SVG: what was broken, who answered, how long alarms took.
import { SITES } from '@vigie/model';
import type { Timeline } from './timeline.ts';

const WIDTH = 1_060;
const LEFT = 90;
const LANE = 70;
const COLORS = {
  noirmont: '#2b6cb0',
  delemont: '#b7791f',
  fault: '#c53030',
  heal: '#2f855a',
  apart: '#a0aec0',
} as const;

export function picture(timeline: Timeline): string {
  const spanMs = Math.max(1, timeline.toMs - timeline.fromMs);
  const x = (ms: number): number => round(LEFT + ((ms - timeline.fromMs) / spanMs) * (WIDTH - LEFT - 10));
  const width = (WIDTH - LEFT - 10) / (spanMs / 1000);
  const parts: string[] = [];
  const text = (left: number, top: number, said: string, color = 'currentColor'): void =>
    void parts.push(`<text x="${left}" y="${top}" fill="${color}" font-size="12">${said}</text>`);

  const faultsTop = 20;
  for (const { fromMs, toMs } of timeline.apart)
    parts.push(bar(x(fromMs), faultsTop, x(toMs) - x(fromMs), LANE * 3 + 60, COLORS.apart, 0.2, 'the sites are apart'));
  timeline.faults.forEach(({ atMs, role, what }, i) => {
    const color = role === 'break' ? COLORS.fault : COLORS.heal;
    parts.push(
      `<line x1="${x(atMs)}" x2="${x(atMs)}" y1="${faultsTop}" y2="${faultsTop + LANE * 3 + 60}" stroke="${color}"/>`,
    );
    text(x(atMs) + 3, faultsTop + 12 + (i % 3) * 14, what, color);
  });
  const most = Math.max(1, ...timeline.seconds.flatMap(({ reports }) => SITES.map((site) => reports[site])));
  SITES.forEach((site, lane) => {
    const bottom = faultsTop + 55 + LANE * (lane + 1);
    text(0, bottom - LANE / 2, site, COLORS[site]);
    text(0, bottom - LANE / 2 + 14, 'reports/s');
    for (const { second, reports } of timeline.seconds) {
      const height = round((reports[site] / most) * (LANE - 12));
      if (height > 0)
        parts.push(
          bar(
            x(timeline.fromMs + second * 1000),
            bottom - height,
            width * 0.9,
            height,
            COLORS[site],
            0.85,
            `${second} s: ${reports[site]} reports`,
          ),
        );
    }
  });
  const bottom = faultsTop + 60 + LANE * 3;
  const slowest = Math.max(1_000, ...timeline.alarms.map(({ delayMs }) => delayMs));
  text(0, bottom - LANE / 2, 'alarm delay');
  text(0, bottom - LANE / 2 + 14, `to ${Math.round(slowest)} ms`);
  for (const { atMs, delayMs, stranded } of timeline.alarms) {
    const top = round(bottom - (delayMs / slowest) * (LANE - 12));
    const fill = stranded ? 'none' : 'currentColor';
    parts.push(
      `<circle cx="${x(atMs)}" cy="${top}" r="3" fill="${fill}" stroke="currentColor"><title>${Math.round(delayMs)} ms</title></circle>`,
    );
  }
  for (let second = 0; second * 1000 <= spanMs; second += 10)
    text(x(timeline.fromMs + second * 1000), bottom + 18, `${second} s`);
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 26}" role="img" aria-label="timeline of the drill">\n${parts.join('\n')}\n</svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const bar = (
  left: number,
  top: number,
  width: number,
  height: number,
  color: string,
  opacity: number,
  said: string,
): string =>
  `<rect x="${left}" y="${round(top)}" width="${round(Math.max(0.5, width))}" height="${round(height)}" fill="${color}" fill-opacity="${opacity}"><title>${said}</title></rect>`;
