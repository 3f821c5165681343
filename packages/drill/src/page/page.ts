// The page of one drill: verdicts, figures, and a picture of the timeline. One file, nothing fetched, nothing run.
import type { DrillResult } from '../judge/result.ts';
import { picture } from './picture.ts';
import type { Timeline } from './timeline.ts';

export function page(result: DrillResult, timeline: Timeline): string {
  const verdicts = result.verdicts
    .map(
      ({ invariant, ok, witness }) =>
        `<tr class="${ok ? 'ok' : 'bad'}"><td>${ok ? 'holds' : 'FELL SHORT'}</td><td>${escape(invariant)}</td><td>${escape(witness ?? '')}</td></tr>`,
    )
    .join('\n');
  const { verdicts: _, ...figures } = result;
  const rows = Object.entries(figures)
    .map(
      ([name, value]) =>
        `<tr><td>${escape(name)}</td><td>${escape(typeof value === 'string' ? value : JSON.stringify(value))}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Drill ${escape(result.drill)}: ${result.ok ? 'holds' : 'fell short'}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1100px; padding: 0 1rem; color: #1b1f24; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
td { border-top: 1px solid #d5d9de; padding: .25rem .75rem .25rem 0; vertical-align: top; }
td:last-child { overflow-wrap: anywhere; }
.ok td:first-child { color: #1a6b3c; } .bad td:first-child { color: #b3261e; font-weight: 600; }
svg { width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #e6e8ea; } td { border-color: #3a4047; } .ok td:first-child { color: #7fd1a0; } .bad td:first-child { color: #ff8a80; } }
</style>
<h1>Drill ${escape(result.drill)}: ${result.ok ? 'holds' : 'fell short'}</h1>
${picture(timeline)}
<h2>Verdicts</h2>
<table>${verdicts}</table>
<h2>Figures</h2>
<table>${rows}</table>
</html>
`;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
