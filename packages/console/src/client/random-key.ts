/** 128 random bits; `randomUUID` is missing on pages opened over plain HTTP by address. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
