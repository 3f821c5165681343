// The data of admit, ok and found entries, checked: an entry that does not say what it must, does nothing.
import {
  type AdmitData,
  type FoundData,
  type OkData,
  type SiteId,
  type YieldData,
  isEpoch,
  isSiteId,
} from '@vigie/model';

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

const isSeq = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** Founded by the one site that is its member. */
export function parseFound(data: unknown, site: SiteId): FoundData | undefined {
  if (!isFields(data)) return undefined;
  const { generation, parent, members, vector, admits, by } = data;
  if (typeof generation !== 'string' || typeof parent !== 'string' || typeof by !== 'string') return undefined;
  if (generationNumber(generation) <= generationNumber(parent)) return undefined;
  if (!Array.isArray(members) || members.length !== 1 || members[0] !== site) return undefined;
  if (!isFields(vector) || !Object.keys(vector).every((name) => parseEpochOfSite(name) !== undefined)) return undefined;
  if (!Object.values(vector).every(isSeq) || !Array.isArray(admits) || !admits.every(isItem)) return undefined;
  return data as unknown as FoundData;
}

export const parseYield = (data: unknown): YieldData | undefined =>
  isFields(data) && typeof data['yields'] === 'string' && typeof data['to'] === 'string'
    ? (data as unknown as YieldData)
    : undefined;

export const epochOfSite = (site: SiteId, epoch: string): string => `${site}.${epoch}`;
export function parseEpochOfSite(name: string): { site: SiteId; epoch: string } | undefined {
  const dot = name.indexOf('.');
  const [site, epoch] = [name.slice(0, dot), name.slice(dot + 1)];
  return dot > 0 && isSiteId(site) && isEpoch(epoch) ? { site, epoch } : undefined;
}

/** Genesis is number 0; a generation is later than another when its number is higher. */
export function generationNumber(generation: string): number {
  const number = generation === GENESIS ? 0 : Number.parseInt(generation, 10);
  return Number.isSafeInteger(number) ? number : 0;
}
export const laterGeneration = (a: string, b: string): string => (generationNumber(b) > generationNumber(a) ? b : a);
