/** Inside a process that works for the bot: one task at a time, and the end when the bot is gone. */
import { writeFileSync } from 'node:fs';
import { DreamError } from '../../kit/errors.ts';
import type { FromProcess, ToProcess } from './messages.ts';

export interface Reporting<Progress> {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** May throw a DreamError; anything else is a defect, which ends the process. */
export type Work<Task, Progress, Result> = (
  task: Task,
  reporting: Reporting<Progress>,
) => Promise<Result>;

export function serveTasks<Task, Progress, Result>(work: Work<Task, Progress, Result>): void {
  liveForTheBot();
  let current: AbortController | undefined;

  function tell(message: FromProcess<Progress, Result>): Promise<void> {
    return new Promise((resolve) => {
      process.send!(message, () => {
        resolve();
      });
    });
  }

  async function handle(message: ToProcess<Task>): Promise<void> {
    if (message.kind === 'cancel') {
      current?.abort();
      return;
    }
    const { signal } = (current = new AbortController());
    const progress = (value: Progress): void => void tell({ kind: 'progress', progress: value });
    try {
      await tell({ kind: 'done', result: await work(message.task, { signal, progress }) });
    } catch (error) {
      if (!(error instanceof DreamError)) throw error;
      const { code, message: words, hint } = error;
      const failure = { code, message: words, ...(hint === undefined ? {} : { hint }) };
      await tell({ kind: 'failed', failure });
    }
  }

  process.on('message', (message: ToProcess<Task>) => {
    handle(message).catch(async (error: unknown) => {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      await tell({ kind: 'defect', stack });
      process.exit(1);
    });
  });
}

function liveForTheBot(): void {
  // These are meant for the bot, which then tells its processes what to do.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => undefined);
  }
  process.on('disconnect', () => process.exit());
  // Where memory runs out this process goes before the bot.
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Only Linux has it.
  }
}
