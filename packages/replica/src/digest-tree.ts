// The digest of settled state: a tree over cases, so that one changed case costs one path and not all cases. Leaves are grouped
// by the first hex digits of the measure id; a group hashes its cases in order of their ids.
import type { Engine } from '@vigie/engine';
import { byCodeUnit, utf8Encode } from '@vigie/model';
import { caseDigest, digestBytes } from './digest-bytes.ts';

const VERSION = 'vigie-settled-1';
const GROUP_DIGITS = 3;
const PARENT_DIGITS = 1;

class Level {
  readonly children = new Map<string, string>();
  digest: string | undefined;

  value(): string {
    if (this.digest === undefined) {
      const parts = [...this.children.keys()].sort(byCodeUnit).map((key) => `${key}=${this.children.get(key)}\n`);
      this.digest = digestBytes(utf8Encode(`${VERSION}\n${parts.join('')}`));
    }
    return this.digest;
  }
  set(key: string, value: string | undefined): void {
    if (value === undefined) this.children.delete(key);
    else this.children.set(key, value);
    this.digest = undefined;
  }
}

export class DigestTree {
  readonly #root = new Level();
  readonly #parents = new Map<string, Level>();
  readonly #groups = new Map<string, Level>();
  readonly #touched = new Set<string>();

  /** `undefined` takes the case out. */
  set(measure: string, caseDigest: string | undefined): void {
    const key = measure.slice(0, GROUP_DIGITS);
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (caseDigest === undefined) return;
      group = new Level();
      this.#groups.set(key, group);
    }
    if (group.children.get(measure) === caseDigest) return;
    group.set(measure, caseDigest);
    this.#touched.add(key);
  }

  get(measure: string): string | undefined {
    return this.#groups.get(measure.slice(0, GROUP_DIGITS))?.children.get(measure);
  }

  value(): string {
    const parents = new Set<string>();
    for (const key of this.#touched) {
      const group = this.#groups.get(key) as Level;
      const parentKey = key.slice(0, PARENT_DIGITS);
      let parent = this.#parents.get(parentKey);
      if (parent === undefined) {
        parent = new Level();
        this.#parents.set(parentKey, parent);
      }
      parent.set(key, group.children.size === 0 ? undefined : group.value());
      parents.add(parentKey);
    }
    for (const key of parents) {
      const parent = this.#parents.get(key) as Level;
      this.#root.set(key, parent.children.size === 0 ? undefined : parent.value());
    }
    this.#touched.clear();
    return this.#root.value();
  }
}

/** Of all cases as an engine holds them; `without`: as if these were not there. */
export function digestOf(engine: Engine, without?: ReadonlySet<string>): string {
  const tree = new DigestTree();
  for (const measure of engine.measures())
    if (without?.has(measure) !== true) tree.set(measure, caseDigest(engine.saveCase(measure)));
  return tree.value();
}
