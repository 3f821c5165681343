import { expect, test } from 'vitest';
import { type Press, commandOf } from './keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  focus: 'nothing',
  ...more,
});

test('two keys reach and acknowledge the gravest alarm', () => {
  expect(commandOf(press('Enter'))).toBe('open-top');
  expect(commandOf(press('a', { focus: 'row' }))).toBe('acknowledge');
});

test('a letter typed into a note is a letter; Escape leaves the note', () => {
  for (const key of ['a', 's', 'j', 'Enter', 'ArrowDown', '?'])
    expect(commandOf(press(key, { focus: 'field' }))).toBeNull();
  expect(commandOf(press('Escape', { focus: 'field' }))).toBe('leave');
});

test('a key held down walks the queue but records no second step', () => {
  expect(commandOf(press('j', { repeat: true }))).toBe('next');
  expect(commandOf(press('a', { repeat: true }))).toBeNull();
});

test("the browser's own shortcuts stay the browser's, a control's own keys the control's", () => {
  expect(commandOf(press('a', { ctrlKey: true }))).toBeNull();
  expect(commandOf(press('Enter', { focus: 'control' }))).toBeNull();
  expect(commandOf(press('ArrowDown', { focus: 'control' }))).toBeNull();
  expect(commandOf(press('a', { focus: 'control' }))).toBe('acknowledge');
});
