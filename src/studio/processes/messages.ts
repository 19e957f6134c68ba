/** What the bot and a process that works for it say to each other. */
import type { OrderFailure } from '../order.ts';

export type ToProcess<Task> =
  { readonly kind: 'task'; readonly task: Task } | { readonly kind: 'cancel' };

export type FromProcess<Progress, Result> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly failure: OrderFailure }
  /** Something that should not happen; the process ends. */
  | { readonly kind: 'defect'; readonly stack: string };
