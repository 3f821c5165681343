import { resolve } from 'node:path';

/** The folder of the checkout, where `vigie`, `deploy` and `.cache` lie. */
export function repositoryRoot(): string {
  return resolve(import.meta.dirname, '../../../..');
}
