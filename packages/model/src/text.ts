// UTF-8 without the DOM or Node types: both classes exist in every JavaScript runtime.
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: boolean });
  decode(bytes: Uint8Array): string;
}
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const utf8Encode = (text: string): Uint8Array => encoder.encode(text);
/** Throws a TypeError on bytes that are not UTF-8; callers that read foreign bytes catch it and say what was malformed. */
export const utf8Decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Order of two strings by UTF-16 code unit: the same on every machine, unlike `localeCompare`. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
