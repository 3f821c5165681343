// What a benchmark needs of the log beside its door: origins written past every site process, a key file made at once, and the plainest
// reading of the same messages to compare with; and the hashing of an entry, which a site's notary does of each.
export { OriginWriter } from './origin-writer.ts';
export { type BareReading, readBare } from './bare-reading.ts';
export { keyFileOf } from './key-file-of.ts';
export { entryLeaf } from '../src/tree/entry-leaf.ts';
