// Orders as a court writes them, and the answer to one.
import type { FieldProblem, Instant } from './basics.ts';
import type { CaseDetail, Mode } from './case.ts';

/** GET /v1/cases/{id}/order: the order as it was written, for the next revision; the ETag is its revision. Also the body of POST .../orders. */
export interface OrderText {
  readonly validFrom: Instant;
  readonly validTo: Instant;
  readonly rules: readonly RuleText[];
  readonly escalation?: Readonly<Partial<Record<'danger' | 'breach' | 'attention', readonly number[]>>>;
}

/** Further parameters by the kind: `bufferM`, `maxGapS`, `partnerDeviceId`, ... (docs/RULES.md). */
export interface RuleText {
  readonly ruleId: string;
  readonly kind: string;
  readonly zone?: ZoneText;
  readonly schedule?: readonly SpanText[];
  readonly passes?: readonly SpanText[];
  readonly [parameter: string]: unknown;
}

/** As a court writes it: positions may carry an altitude, which counts for nothing. */
export type ZoneText =
  | { readonly type: 'circle'; readonly center: readonly number[]; readonly radiusM: number }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly number[])[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly (readonly number[])[])[])[] }
  | { readonly type: 'corridor'; readonly line: readonly (readonly number[])[]; readonly widthM: number }
  | { readonly type: 'shared'; readonly sharedZoneId: string };

/** A time that may come again, in local time of the case. */
export interface SpanText {
  readonly dtstart: string;
  /** ISO 8601. */
  readonly duration: string;
  /** RFC 5545. */
  readonly rrule?: string;
  readonly holidays?: 'only' | 'except';
}

/** POST /v1/cases. */
export interface NewCaseText extends OrderText {
  readonly caseId: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly mode: Mode;
  readonly timezone: string;
  readonly devices: readonly { readonly deviceId: string; readonly role: 'wearer' | 'protected' }[];
  readonly person?: { readonly name: string };
}

/** 201 or 202 of POST /v1/cases: the tokens of the devices are shown here and nowhere else. 200 or 202 of POST .../orders: without them. */
export interface OrderAnswer {
  readonly settled: boolean;
  readonly alone?: true;
  readonly statusUrl?: string;
  readonly case?: CaseDetail;
  readonly deviceTokens?: Readonly<Record<string, string>>;
  readonly warnings?: readonly FieldProblem[];
}
