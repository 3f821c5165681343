// unpack-chromium.ts FROM TO: unpacks the browser's brotli files and writes TO/bin/chromium, which starts it with its own
// libraries and font wherever the checkout lies.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const START = `#!/bin/sh
here=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
FONTCONFIG_FILE="$here/fonts.conf"
export LD_LIBRARY_PATH FONTCONFIG_FILE
exec "$here/chromium" "$@"
`;

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="relative">font-cache</cachedir>
</fontconfig>
`;

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('unpack-chromium.ts FROM TO');
const work = `${to}.new`;
rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'bin'), { recursive: true });
writeFileSync(join(work, 'chromium'), brotliDecompressSync(readFileSync(join(from, 'chromium.br'))));
chmodSync(join(work, 'chromium'), 0o755);
for (const part of ['al2023', 'fonts', 'swiftshader']) {
  const tar = brotliDecompressSync(readFileSync(join(from, `${part}.tar.br`)));
  execFileSync('tar', ['-xf', '-', '--no-same-owner', '-C', work], { input: tar });
}
writeFileSync(join(work, 'fonts.conf'), FONTS);
writeFileSync(join(work, 'bin', 'chromium'), START, { mode: 0o755 });
rmSync(to, { recursive: true, force: true });
renameSync(work, to);
