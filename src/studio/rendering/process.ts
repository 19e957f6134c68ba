/** The render process: takes one task at a time from the bot and ends when the bot is gone. */
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { DreamError } from '../../kit/errors.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { Renderer } from './renderer.ts';

// These are meant for the bot, which then tells its processes what to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => undefined);
}
process.on('disconnect', () => process.exit());

// Whoever chats goes first, and where memory runs out this process goes first.
setPriority(constants.priority.PRIORITY_LOW);
try {
  writeFileSync('/proc/self/oom_score_adj', '500');
} catch {
  // Only Linux has it.
}

const renderer = new Renderer();
let current: AbortController | undefined;

function tell(message: FromProcess): Promise<void> {
  return new Promise((resolve) => {
    process.send!(message, () => {
      resolve();
    });
  });
}

async function handle(message: ToProcess): Promise<void> {
  if (message.kind === 'cancel') {
    current?.abort();
    return;
  }
  const controller = (current = new AbortController());
  const progress = (told: FromProcess & { kind: 'progress' }): void => void tell(told);
  try {
    const rendered = await renderer.render(message.task, {
      signal: controller.signal,
      progress: (value) => {
        progress({ kind: 'progress', progress: value });
      },
    });
    await tell({ kind: 'rendered', rendered });
  } catch (error) {
    if (!(error instanceof DreamError)) throw error;
    const { code, message: words, hint } = error;
    const failure = { code, message: words, ...(hint === undefined ? {} : { hint }) };
    await tell({ kind: 'failed', failure });
  }
}

process.on('message', (message: ToProcess) => {
  handle(message).catch(async (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await tell({ kind: 'defect', stack });
    process.exit(1);
  });
});
