// Who reads, and what of it may be seen. The scope sets the row-level security of the transaction; the `authority` of each
// filter is the API's own check. They are given separately, so that one still holds when the other is broken.
import type { Canton } from '@vigie/model';
import { type AnyColumn, type SQL, eq } from 'drizzle-orm';

/** `*`: all authorities (operators, SRE, auditors). */
export type Authority = Canton | '*';

export interface ReadScope {
  readonly authority: Authority;
  /** For the log of reads: the subject and role of the token. */
  readonly subject: string;
  readonly role: string;
}

export const ofAuthority = (column: AnyColumn, authority: Authority): SQL | undefined =>
  authority === '*' ? undefined : eq(column, authority);
