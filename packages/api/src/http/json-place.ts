// Where a text stops being JSON (RFC 8259). The engine's own message names a place for some mistakes and not for others; people
// who sent a court order of 5,000 lines need it always.

const WHITE = ' \t\n\r';
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- control characters are exactly what a string may not hold
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Offset of the first character that cannot stand there; the length of the text when it is cut short. */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  let p = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = p;
    const found = pattern.exec(text);
    if (found === null) return false;
    p += found[0].length;
    return true;
  };
  const closed = (): Expect => (open.length === 0 ? 'nothing' : 'comma-or-end');
  for (;;) {
    while (p < text.length && WHITE.includes(text.charAt(p))) p++;
    if (p >= text.length) return p;
    const c = text.charAt(p);
    const inner = open.at(-1);
    if ((c === '}' && inner === '{') || (c === ']' && inner === '[')) {
      if (expect !== 'comma-or-end' && expect !== (c === '}' ? 'key-or-end' : 'value-or-end')) return p;
      open.pop();
      p++;
      expect = closed();
    } else if (expect === 'value' || expect === 'value-or-end') {
      if (c === '{' || c === '[') {
        open.push(c);
        p++;
        expect = c === '{' ? 'key-or-end' : 'value-or-end';
      } else if (match(c === '"' ? STRING : LITERAL)) expect = closed();
      else return p;
    } else if (expect === 'key' || expect === 'key-or-end') {
      if (c !== '"' || !match(STRING)) return p;
      expect = 'colon';
    } else if (expect === 'colon') {
      if (c !== ':') return p;
      p++;
      expect = 'value';
    } else if (expect === 'comma-or-end') {
      if (c !== ',') return p;
      p++;
      expect = inner === '{' ? 'key' : 'value';
    } else return p;
  }
}

/** `line 3, column 17`, counted from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
