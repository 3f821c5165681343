// Revisions as entity tags: what If-Match names is the revision that a change is on top of.
export const etag = (revision: number): string => `"${revision}"`;

/** Undefined: it is no tag of a revision. */
export function revisionOf(ifMatch: string): number | undefined {
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch);
  return match === null ? undefined : Number(match[1]);
}
