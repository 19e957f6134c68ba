/** Other bots, in processes of their own, to be killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));

export interface RunningBot {
  readonly process: ChildProcess;
  /** What it says, line by line. */
  readonly lines: AsyncIterableIterator<string>;
  /** As a power cut would: nothing in it gets to know. */
  kill(): Promise<void>;
}

export function runBot(script: string, folder: string): RunningBot {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const process = spawn(globalThis.process.execPath, [START, path, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(process, 'exit');
  return {
    process,
    lines: createInterface(process.stdout)[Symbol.asyncIterator](),
    async kill() {
      process.kill('SIGKILL');
      await ended;
    },
  };
}

/** Resolves when a process that is not ours to await is gone. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
