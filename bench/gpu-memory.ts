import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * MiB that are taken of the first NVIDIA GPU, by all processes together: what takes them by Vulkan
 * stands in no list of processes. `null` without NVIDIA's tool.
 */
export async function gpuMemory(): Promise<number | null> {
  const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits', '--id=0'];
  try {
    const { stdout } = await run('nvidia-smi', query, { timeout: 10_000 });
    return Number.parseFloat(stdout);
  } catch {
    return null;
  }
}
