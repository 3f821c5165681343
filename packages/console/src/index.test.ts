import { expect, test } from 'vitest';
import { cutSwitzerland } from '../build/switzerland.ts';
import { cacheControlOf, consoleHeaders } from './index.ts';

test('the policy lets the page talk to the two sites and to nobody else, and run nothing inline', () => {
  const headers = consoleHeaders({
    site: 'noirmont',
    urls: { noirmont: 'http://noirmont.localhost:7100', delemont: 'http://delemont.localhost:7200' },
  });
  const policy = headers['Content-Security-Policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("connect-src 'self' http://noirmont.localhost:7100 http://delemont.localhost:7200;");
  expect(policy).not.toMatch(/unsafe|\*|data:|blob:/);
});

test('only files named by their content are kept by browsers', () => {
  expect(cacheControlOf('/assets/index-abc.js')).toContain('immutable');
  expect(cacheControlOf('/index.html')).toBe('no-cache');
});

test('the country has 26 cantons, each labelled once and inside it, and is small', async () => {
  const country = await cutSwitzerland();
  const codes = country.cantons.features.map(({ properties }) => properties.code);
  expect(new Set(codes).size).toBe(26);
  const bern = country.cantons.features.find(({ properties }) => properties.code === 'BE')?.geometry.coordinates;
  expect(bern?.[0]).toBeGreaterThan(7.2);
  expect(bern?.[0]).toBeLessThan(8.2);
  expect(country.lakes.features.length).toBe(22);
  expect(JSON.stringify(country).length).toBeLessThan(250_000);
});
