/** The real command line, in a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
export const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Sent as soon as standard error holds `after`. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly after: string };
  readonly env?: Readonly<Record<string, string>>;
}

export function runCli(
  args: readonly string[],
  { cwd, kill, env = {} }: RunOptions,
): Promise<Outcome> {
  const child = spawn(process.execPath, [START, CLI, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (kill && !killed && stderr.includes(kill.after)) {
      killed = true;
      child.kill(kill.signal);
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
}
