/** What went wrong, in words that a stranger may read. */
import { DreamError } from '../kit/errors.ts';
import type { DreamErrorCode } from '../kit/errors.ts';
import type { OrderFailure } from './order.ts';

/** Of these the words speak to whoever runs the bot, and name its files. */
const INWARD: Readonly<Partial<Record<DreamErrorCode, string>>> = {
  'bad-model': 'this model is broken',
  'unsupported-op': 'this model cannot be read',
  'engine-unavailable': 'what computes dreams here is out of order',
  'cannot-write': "the bot's disk did not take a file",
  'file-not-found': "the bot's disk did not give a file",
  'damaged-file': "the bot's disk has not kept the picture whole",
};

const HINT = "The bot's log says more.";

export function failureOf(error: unknown): OrderFailure {
  if (!(error instanceof DreamError)) {
    return { code: 'internal', message: 'something in the bot went wrong', hint: HINT };
  }
  const { code, message, hint } = withoutFlags(error) as DreamError;
  const inward = INWARD[code];
  if (inward !== undefined) return { code, message: inward, hint: HINT };
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The same error without a hint that names options of the command line. */
export function withoutFlags(error: unknown): unknown {
  if (!(error instanceof DreamError) || !error.hint?.includes('--')) return error;
  return new DreamError(error.code, error.message, undefined, { cause: error });
}

/** Whether whoever runs the bot should hear of it. */
export function isOurs(error: unknown): boolean {
  return !(error instanceof DreamError) || error.code in INWARD;
}

/** The same error, told of a mask: what the person sent is more than one picture. */
export function ofMask(error: unknown): unknown {
  if (!(error instanceof DreamError)) return error;
  const { code, message, hint } = error;
  return new DreamError(code, `mask: ${message}`, hint, { cause: error });
}

/** What was rendered, and is not there when it is to be delivered. */
export const LOST: OrderFailure = {
  code: 'internal',
  message: "the bot's disk has lost the picture of this dream",
  hint: 'Try it again.',
};

export const CRASHED: OrderFailure = {
  code: 'render-crashed',
  message: 'the render broke down twice, so it was given up',
  hint: 'A smaller size or another layer needs less memory.',
};

/** Times that the bot may go down over an order, before that order is to blame. */
export const MOST_INTERRUPTIONS = 3;

export const OVERDUE: OrderFailure = {
  code: 'too-much-work',
  message: 'the render took far longer than was foreseen, so it was stopped',
  hint: 'Ask for a smaller size, or for fewer octaves and steps.',
};

export const INTERRUPTED: OrderFailure = {
  code: 'render-crashed',
  message: 'the bot went down again and again while it rendered this, so it was given up',
  hint: 'A smaller size or another layer needs less memory.',
};
