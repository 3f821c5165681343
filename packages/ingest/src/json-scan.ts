// Where things lie in the bytes of a JSON text: the first error, for people, and the elements of the top-level `reports`
// array, so that the raw bytes of one refused report can be kept. Runs only when something is wrong; `JSON.parse` is the fast
// path. Iterative, because a device may send a million opening brackets.

export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, COMMA, COLON] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a];
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** The offset of the first byte that cannot continue a JSON text; undefined = it is one. */
export function firstErrorOffset(bytes: Uint8Array): number | undefined {
  return scan(bytes, undefined);
}

/** Spans of the elements of the last top-level member `name`, when that is an array. The bytes must be JSON. */
export function elementSpans(bytes: Uint8Array, name: string): readonly Span[] {
  const found: { spans: Span[] } = { spans: [] };
  scan(bytes, { name, found });
  return found.spans;
}

interface Wanted {
  readonly name: string;
  readonly found: { spans: Span[] };
}

function scan(bytes: Uint8Array, wanted: Wanted | undefined): number | undefined {
  /** One byte per open bracket, so that depth costs no call stack. */
  const open: number[] = [];
  let at = skipSpace(bytes, 0);
  let collecting = false;
  let elementStart = 0;
  let expectValue = true;
  for (;;) {
    if (expectValue) {
      const byte = bytes[at];
      if (collecting && open.length === 2) elementStart = at;
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        open.push(byte);
        at = skipSpace(bytes, at + 1);
        if (bytes[at] === (byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) {
          open.pop();
          at++;
        } else if (byte === OPEN_OBJECT) {
          const next = memberValue(bytes, at);
          if (next < 0) return -next - 1;
          collecting = note(at, next);
          at = next;
          continue;
        } else {
          continue;
        }
      } else {
        const end = scalarEnd(bytes, at);
        if (end < 0) return -end - 1;
        at = end;
      }
      expectValue = false;
    }
    if (collecting && open.length === 2) wanted?.found.spans.push({ start: elementStart, end: at });
    at = skipSpace(bytes, at);
    const container = open[open.length - 1];
    if (container === undefined) return at === bytes.length ? undefined : at;
    const byte = bytes[at];
    if (byte === COMMA) {
      at = skipSpace(bytes, at + 1);
      if (container === OPEN_OBJECT) {
        const next = memberValue(bytes, at);
        if (next < 0) return -next - 1;
        if (open.length === 1) collecting = note(at, next);
        at = next;
      }
      expectValue = true;
    } else if (byte === (container === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) {
      open.pop();
      if (open.length === 1) collecting = false;
      at++;
    } else {
      return at;
    }
  }

  /** True when the member that starts at `nameAt` is the wanted array; forgets an earlier one, as JSON.parse does. */
  function note(nameAt: number, valueAt: number): boolean {
    if (wanted === undefined || open.length !== 1) return collecting;
    const text = new TextDecoder().decode(bytes.subarray(nameAt, valueAt));
    const quoted = text.slice(0, text.lastIndexOf('"') + 1);
    if (JSON.parse(quoted) !== wanted.name) return false;
    wanted.found.spans = [];
    return bytes[valueAt] === OPEN_ARRAY;
  }
}

/** From the name of a member to the start of its value; negative = error at -(n + 1). */
function memberValue(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return -at - 1;
  const end = stringEnd(bytes, at);
  if (end < 0) return end;
  const colon = skipSpace(bytes, end);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : -colon - 1;
}

function scalarEnd(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === QUOTE) return stringEnd(bytes, at);
  for (const word of ['true', 'false', 'null']) {
    if (byte !== word.charCodeAt(0)) continue;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return -(at + i) - 1;
    return at + word.length;
  }
  let end = at;
  while (end < bytes.length && isNumberByte(bytes[end] as number)) end++;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');
  return NUMBER.test(text) ? end : -at - 1;
}

function stringEnd(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) return i + 1;
    if (byte < 0x20) return -i - 1;
    if (byte !== BACKSLASH) continue;
    const escaped = bytes[++i];
    if (escaped === 0x75) {
      for (let k = 1; k <= 4; k++) if (!isHexByte(bytes[i + k])) return -(i + k) - 1;
      i += 4;
    } else if (escaped === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(escaped))) {
      return -i - 1;
    }
  }
  return -bytes.length - 1;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

const isNumberByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45;
const isHexByte = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66));
