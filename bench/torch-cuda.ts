/** PyTorch with CUDA as a peer: a process of its own that answers one request at a time. */
import { fileURLToPath } from 'node:url';
import { startPeer } from './peer-process.ts';
import type { PeerProcess } from './peer-process.ts';

/** How PyTorch computes, as its script is asked for it. */
export const TORCH_CUDA_FORMS = [
  { title: 'float32', tf32: false, half: false },
  { title: 'float32 with TF32', tf32: true, half: false },
  { title: 'half precision', tf32: false, half: true },
] as const;

/** @returns null where python3 has no PyTorch, or that no CUDA */
export function startTorchCuda(): Promise<PeerProcess | null> {
  const script = fileURLToPath(new URL('peers/torch_cuda.py', import.meta.url));
  return startPeer('python3', [script]);
}
