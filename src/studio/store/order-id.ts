import { randomInt } from 'node:crypto';

const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyz';
const LENGTH = 12;

/** 12 letters and digits, 62 random bits: nobody guesses another's. */
export function newOrderId(): string {
  return Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]!).join('');
}

/** Ids become parts of paths: nothing else gets there. */
export function isOrderId(text: string): boolean {
  return /^[0-9a-z]{12}$/.test(text);
}
