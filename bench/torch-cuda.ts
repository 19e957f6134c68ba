/** PyTorch with CUDA as a peer: a process of its own that answers one request at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface TorchCudaPeer {
  readonly describe: string;
  /** Milliseconds of each run. */
  run(side: number, warmUps: number, runs: number): Promise<number[]>;
  stop(): void;
}

/** @returns null where python3 has no PyTorch, or that no CUDA */
export async function startTorchCuda(): Promise<TorchCudaPeer | null> {
  const script = fileURLToPath(new URL('peers/torch_cuda.py', import.meta.url));
  const peer = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    await once(peer, 'spawn');
  } catch {
    return null;
  }
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true || !first.value.startsWith('ready ')) return null;
  const { torch, device } = JSON.parse(first.value.slice(6)) as { torch: string; device: string };
  return {
    describe: `PyTorch ${torch} eager on ${device}`,
    async run(side, warmUps, runs) {
      peer.stdin.write(`${JSON.stringify({ side, warmUps, runs })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('the PyTorch peer ended early');
      const answer = JSON.parse(line.value) as { milliseconds?: number[]; error?: string };
      if (!answer.milliseconds) throw new Error(`the PyTorch peer failed: ${answer.error ?? ''}`);
      return answer.milliseconds;
    },
    stop: () => peer.stdin.end(),
  };
}
