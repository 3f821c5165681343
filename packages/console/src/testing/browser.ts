// A real Chromium, found where CHROMIUM_PATH or PATH says.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function chromiumPath(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const candidates = [
    process.env['CHROMIUM_PATH'],
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
  ];
  for (const path of candidates) {
    if (path === undefined || path === '') continue;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next candidate. When none is, the sentence below says what to do.
    }
  }
  throw new Error('no Chromium found: set CHROMIUM_PATH to its executable, or install the package `chromium`');
}

/** Without WebGL a page is several times quicker on a machine that has no graphics card; the map then says that it cannot be drawn. */
export const openBrowser = ({ webgl }: { readonly webgl: boolean }): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: [
      ...(webgl
        ? ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
        : ['--disable-gpu', '--disable-3d-apis']),
      // Chromium refuses its sandbox to root; elsewhere it stays on.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
