// KEY=VALUE lines as systemd's EnvironmentFile takes them: comments and blank lines, no quotes, no expansion.
import { readFileSync } from 'node:fs';

export function readEnvFile(file: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text);
    if (match === null) throw new Error(`${file}:${index + 1} is not KEY=VALUE`);
    env[match[1] as string] = match[2] as string;
  }
  return env;
}
