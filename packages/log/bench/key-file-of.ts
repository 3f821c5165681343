// A site's key file with a key for each measure, written at once: a site that makes them one by one waits for the disk every time.
import { createSecretKey, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { wrapKey } from '../src/seal/measure-keys.ts';

export async function keyFileOf(path: string, wrappingKey: Uint8Array, measures: readonly string[]): Promise<void> {
  const wrapping = createSecretKey(wrappingKey);
  const lines = measures.map((measure) => {
    const wrapped = wrapKey(wrapping, measure, randomBytes(32));
    return `{"measure":"${measure}","wrapped":"${wrapped}"}\n`;
  });
  await writeFile(path, lines.join(''), { mode: 0o600 });
}
