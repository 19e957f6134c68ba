/** PyTorch as a peer: a process of its own that answers one request at a time. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { THREADS } from './subject.ts';

export const TORCH_FORMS = ['eager', 'strongest', 'rotated'] as const;
export type TorchForm = (typeof TORCH_FORMS)[number];

export interface TorchRequest {
  readonly form: TorchForm;
  readonly mode: 'forward' | 'gradient';
  readonly side: number;
  readonly repeats: number;
}

export interface TorchPeer {
  readonly describe: string;
  /** Milliseconds of each repeat. */
  run(request: TorchRequest): Promise<number[]>;
  stop(): void;
}

/** Debian's packages put PyTorch there; a python from elsewhere may have none. */
const PYTHON = '/usr/bin/python3';

/** @returns null where PyTorch is not installed */
export async function startTorch(): Promise<TorchPeer | null> {
  if (!existsSync(PYTHON)) return null;
  const script = fileURLToPath(new URL('peers/torch_gradient.py', import.meta.url));
  const peer = spawn(PYTHON, [script, '--threads', String(THREADS)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true || !first.value.startsWith('ready ')) return null;
  const { torch } = JSON.parse(first.value.slice(6)) as { torch: string };
  return {
    describe: `PyTorch ${torch}, ${THREADS} threads`,
    async run(request) {
      peer.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('the PyTorch peer ended early');
      const answer = JSON.parse(line.value) as { milliseconds?: number[]; error?: string };
      if (!answer.milliseconds)
        throw new Error(`the PyTorch peer failed: ${answer.error ?? line.value}`);
      return answer.milliseconds;
    },
    stop: () => peer.stdin.end(),
  };
}
