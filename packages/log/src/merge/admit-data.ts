// The data of admit and ok entries, checked: an entry that does not say what it must, does nothing.
import { type AdmitData, type OkData, isEpoch, isSiteId } from '@vigie/model';

/** The generation of two members that has never been founded anew. */
export const GENESIS = 'genesis';

type Fields = { readonly [name: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

export function parseAdmit(data: unknown): AdmitData | undefined {
  if (!isFields(data)) return undefined;
  const admits = data['admits'];
  if (typeof data['generation'] !== 'string' || typeof data['both'] !== 'boolean' || !Array.isArray(admits))
    return undefined;
  return admits.every(isItem) ? (data as unknown as AdmitData) : undefined;
}

function isItem(item: unknown): boolean {
  if (!isFields(item) || !isSiteId(item['site']) || typeof item['epoch'] !== 'string' || !isEpoch(item['epoch']))
    return false;
  const lastSeqs = item['lastSeqs'];
  return (
    isFields(lastSeqs) && Object.values(lastSeqs).every((seq) => Number.isSafeInteger(seq) && (seq as number) >= 0)
  );
}

export const parseOk = (data: unknown): OkData | undefined =>
  isFields(data) && typeof data['admitEntryId'] === 'string' ? (data as unknown as OkData) : undefined;
