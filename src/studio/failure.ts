/** What went wrong, in words that a stranger may read. */
import { DreamError } from '../kit/errors.ts';
import type { OrderFailure } from './order.ts';

/** Of these the words name files of the host. */
const INWARD: ReadonlySet<string> = new Set(['cannot-write', 'file-not-found', 'bad-model']);

const HINT = "The bot's log says more.";

export function failureOf(error: unknown): OrderFailure {
  if (!(error instanceof DreamError)) {
    return { code: 'internal', message: 'something in the bot went wrong', hint: HINT };
  }
  const { code, message, hint } = error;
  if (code === 'bad-model') return { code, message: 'this model is broken', hint: HINT };
  if (INWARD.has(code)) {
    return { code: 'internal', message: "the bot's disk did not take or give a file", hint: HINT };
  }
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Whether whoever runs the bot should hear of it. */
export function isOurs(error: unknown): boolean {
  return !(error instanceof DreamError) || INWARD.has(error.code);
}

export const CRASHED: OrderFailure = {
  code: 'render-crashed',
  message: 'the render broke down twice, so it was given up',
  hint: 'A smaller size or another layer needs less memory.',
};

export const INTERRUPTED: OrderFailure = {
  code: 'render-crashed',
  message: 'the bot went down again and again while it rendered this, so it was given up',
  hint: 'A smaller size or another layer needs less memory.',
};
