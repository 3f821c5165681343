// What every answer is made of: who, when, pages, problems.

export type SiteId = 'noirmont' | 'delemont';

export type Language = 'fr' | 'de' | 'it' | 'en';

/** One sentence for people in the four languages; every surface shows the same text. */
export type Sentence = Readonly<Record<Language, string>>;

export type Instant = string;

/** Served without a token at `/config.json`, so that the page knows where it is and where else it may go. */
export interface ConsoleConfig {
  readonly site: SiteId;
  /** Public URL of each site, without a trailing slash. */
  readonly urls: Readonly<Record<SiteId, string>>;
}

/** GET /v1/session: who the token is. */
export interface SessionView {
  readonly subject: string;
  readonly role: 'operator' | 'sre' | 'auditor' | 'canton' | 'device';
  /** Two letters, e.g. `JU`; null when the token is not bound to a canton. */
  readonly canton: string | null;
}

/** A page of a list. `next` goes back as `after`; null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** RFC 9457. `type` ends with a kind of the closed list in the model. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly fields?: readonly FieldProblem[];
  /** On 409 of an incident step: who has it. */
  readonly heldBy?: Holder;
  /** On 410: the cursor to go on from. */
  readonly resumeFrom?: string;
  /** On 503 of a site that was drained: the base URL of the one that answers. */
  readonly ask?: string;
}

/** `field` is a path of the input, `rules[2].zone.coordinates[0][17]`; `vertex` counts from 0 as written. */
export interface FieldProblem {
  readonly field: string;
  /** For people, in English. */
  readonly reason: string;
  readonly vertex?: number;
  /** Of a zone, from a closed list: `self_crossing`, `unclosed`, `outside_validity`, ... */
  readonly code?: string;
  /** Of the rule in which the field lies, as it was written. */
  readonly ruleId?: string;
}

export interface Holder {
  readonly subject: string;
  /** Null while the entry of the step has not been read here. */
  readonly site: SiteId | null;
  readonly at: Instant;
}
