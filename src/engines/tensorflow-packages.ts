/** The optional packages that bring tensorflow.js's native library. */
import { DreamError } from '../kit/errors.ts';
import type { Tensorflow } from '../ops/op.ts';
import { installedVersion } from './machine.ts';
import type { EngineReport, Gpus } from './machine.ts';

/** The tensorflow engine's providers, best first, and the packages that carry them. */
export const tensorflowPackages = new Map([
  ['gpu', '@tensorflow/tfjs-node-gpu'],
  ['cpu', '@tensorflow/tfjs-node'],
]);

const VERSION = '4.22.0';
const CUDA_WANTED = 'it wants CUDA 11 and cuDNN 8';

export function hasTensorflow(provider: string): boolean {
  return installedVersion(tensorflowPackages.get(provider)!) !== null;
}

/** @throws DreamError 'engine-unavailable' with the command that installs it. */
export async function importTensorflow(provider: string): Promise<Tensorflow> {
  const name = tensorflowPackages.get(provider)!;
  const install = installCommand(name);
  if (!hasTensorflow(provider)) {
    const message = `the tensorflow engine on ${provider} needs ${name}, which is not installed`;
    throw new DreamError('engine-unavailable', message, `Install it: ${install}`);
  }
  try {
    const module = (await import(name)) as Tensorflow & { default?: Tensorflow };
    return module.default ?? module;
  } catch (error) {
    const message = `${name} is installed but cannot be loaded: ${(error as Error).message.split('\n')[0]!}`;
    const hint = `Install it anew: ${install}${provider === 'gpu' ? ` (${CUDA_WANTED})` : ''}`;
    throw new DreamError('engine-unavailable', message, hint, { cause: error });
  }
}

export async function reportTensorflow(provider: string, gpus: Gpus): Promise<EngineReport> {
  const name = tensorflowPackages.get(provider)!;
  const out = { engine: 'tensorflow', provider, available: false } as const;
  if (!hasTensorflow(provider)) {
    const wants = provider === 'gpu' ? `; ${CUDA_WANTED}` : '';
    const detail = `${name} is not installed (it is optional)${wants}`;
    return { ...out, detail, hint: installCommand(name) };
  }
  if (provider === 'gpu' && !gpus.nvidia) {
    return { ...out, detail: `${name} is installed, but there is no NVIDIA GPU` };
  }
  try {
    const tf = await importTensorflow(provider);
    return { ...out, available: true, detail: `tensorflow.js ${tf.version_core}` };
  } catch (error) {
    return { ...out, detail: (error as Error).message };
  }
}

/** Its install script, which the project's .npmrc keeps from running, fetches the library. */
function installCommand(name: string): string {
  return `npm install --no-save --ignore-scripts=false ${name}@${VERSION}`;
}
