/** Which engine a dream runs on, and which ones a machine has. */
import { availableParallelism } from 'node:os';
import { GraphBuilder } from '../graph/builder.ts';
import { DreamError } from '../kit/errors.ts';
import type { Tensorflow } from '../ops/op.ts';
import { PICTURE } from './engine.ts';
import type { GradientEngine } from './engine.ts';
import { findGpus, installedVersion, whyNotOnnx } from './machine.ts';
import type { Gpus } from './machine.ts';

export interface EngineRequest {
  /** 'onnx', 'tensorflow', or 'auto' for the fastest that the machine has. @default 'auto' */
  readonly engine?: string;
  /** What the engine runs on: 'cpu', 'webgpu', 'cuda' … @default 'cpu' (tensorflow: 'gpu') */
  readonly provider?: string;
  /** Of the onnx engine. @default the cores that this process may use */
  readonly threads?: number;
}

export interface ChosenEngine {
  readonly engine: GradientEngine;
  /** What gives this same engine again. */
  readonly request: ExactRequest;
}

export interface ExactRequest extends EngineRequest {
  readonly engine: 'onnx' | 'tensorflow';
  readonly provider: string;
}

export interface EngineReport {
  readonly engine: string;
  readonly provider: string;
  readonly available: boolean;
  /** Its version, or why it is out. */
  readonly detail: string;
  /** How to get it. */
  readonly hint?: string;
}

export interface MachineReport {
  readonly gpus: Gpus;
  readonly engines: readonly EngineReport[];
}

const ENGINES = ['auto', 'onnx', 'tensorflow'];

/** The tensorflow engine's providers, and the packages that carry them. */
const tensorflowPackages = new Map([
  ['gpu', '@tensorflow/tfjs-node-gpu'],
  ['cpu', '@tensorflow/tfjs-node'],
]);
const TENSORFLOW_VERSION = '4.22.0';
const CUDA_WANTED = 'it wants CUDA 11 and cuDNN 8';

const CUDA_INSTALL =
  'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

/** @throws DreamError 'bad-option' for a name that is none, 'engine-unavailable' */
export async function chooseEngine(wanted: EngineRequest = {}): Promise<ChosenEngine> {
  const { engine = 'auto', provider, threads } = wanted;
  if (!ENGINES.includes(engine)) throw unknown('engine', engine, ENGINES);
  const tensorflow =
    engine === 'tensorflow' || (engine === 'auto' && !provider && (await hasCuda()));
  if (!tensorflow) return chooseOnnx(provider ?? 'cpu', threads ?? availableParallelism());
  if (threads !== undefined) {
    const message = 'the number of threads can be chosen for the onnx engine only';
    throw new DreamError('bad-option', message, 'Leave --threads out, or add --engine onnx.');
  }
  return chooseTensorflow(provider);
}

/** Tries each engine on each of its providers. */
export async function findEngines(): Promise<MachineReport> {
  const gpus = await findGpus();
  const onnx = (await onnxProviders()).map(reportOnnx);
  const tensorflow = [...tensorflowPackages.keys()].map((provider) =>
    reportTensorflow(provider, gpus),
  );
  return { gpus, engines: await Promise.all([...onnx, ...tensorflow]) };
}

async function chooseOnnx(provider: string, threads: number): Promise<ChosenEngine> {
  const providers = await onnxProviders();
  if (!providers.includes(provider)) throw unknown('provider', provider, providers);
  if (provider !== 'cpu') {
    const { available, detail, hint } = await reportOnnx(provider);
    if (!available) {
      const message = `onnxruntime cannot use ${provider} here: ${detail}`;
      throw new DreamError(
        'engine-unavailable',
        message,
        hint ?? 'npm run doctor lists what works.',
      );
    }
  }
  const { onnxEngine } = await import('./onnx.ts');
  return {
    engine: onnxEngine({ provider, threads }),
    request: { engine: 'onnx', provider, threads },
  };
}

async function chooseTensorflow(wanted: string | undefined): Promise<ChosenEngine> {
  const providers = [...tensorflowPackages.keys()];
  if (wanted !== undefined && !providers.includes(wanted))
    throw unknown('provider', wanted, providers);
  const candidates = wanted === undefined ? providers : [wanted];
  const provider = candidates.find(
    (name) => installedVersion(tensorflowPackages.get(name)!) !== null,
  );
  if (provider === undefined) {
    const packages = candidates.map((name) => tensorflowPackages.get(name)!);
    throw new DreamError(
      'engine-unavailable',
      `the tensorflow engine needs ${packages.join(' or ')}, which is not installed`,
      `Install it: ${installCommand(packages.at(-1)!)}`,
    );
  }
  const { tensorflowEngine } = await import('./tensorflow.ts');
  const tf = await importTensorflow(tensorflowPackages.get(provider)!);
  return { engine: tensorflowEngine(tf), request: { engine: 'tensorflow', provider } };
}

async function hasCuda(): Promise<boolean> {
  return installedVersion(tensorflowPackages.get('gpu')!) !== null && (await findGpus()).nvidia;
}

async function onnxProviders(): Promise<string[]> {
  const onnxruntime = await import('onnxruntime-node');
  return onnxruntime.listSupportedBackends().map(({ name }) => name);
}

async function reportOnnx(provider: string): Promise<EngineReport> {
  const { onnxModel } = await import('./onnx-model.ts');
  const builder = new GraphBuilder();
  builder.input(PICTURE, [1, null, null, 3]);
  const model = onnxModel(builder, [builder.add('relu', [PICTURE])], provider);
  const reason = await whyNotOnnx(provider, model);
  const common = { engine: 'onnx', provider, available: reason === null };
  if (reason === null) {
    return { ...common, detail: `onnxruntime ${installedVersion('onnxruntime-node') ?? ''}` };
  }
  const hint = onnxHints[provider];
  return { ...common, detail: reason, ...(hint === undefined ? {} : { hint }) };
}

const onnxHints: Readonly<Record<string, string>> = {
  webgpu: 'On Linux it needs the Vulkan loader (libvulkan1) and a Vulkan driver for the GPU.',
  cuda: `It needs CUDA 12, cuDNN 9 and onnxruntime's CUDA libraries: ${CUDA_INSTALL}`,
  tensorrt: `It needs TensorRT and onnxruntime's CUDA libraries: ${CUDA_INSTALL}`,
};

async function reportTensorflow(provider: string, gpus: Gpus): Promise<EngineReport> {
  const name = tensorflowPackages.get(provider)!;
  const common = { engine: 'tensorflow', provider };
  if (installedVersion(name) === null) {
    const wants = provider === 'gpu' ? `; ${CUDA_WANTED}` : '';
    const detail = `${name} is not installed (it is optional)${wants}`;
    return { ...common, available: false, detail, hint: installCommand(name) };
  }
  if (provider === 'gpu' && !gpus.nvidia) {
    return {
      ...common,
      available: false,
      detail: `${name} is installed, but there is no NVIDIA GPU`,
    };
  }
  try {
    const tf = await importTensorflow(name);
    return { ...common, available: true, detail: `tensorflow.js ${tf.version_core}` };
  } catch (error) {
    return { ...common, available: false, detail: (error as Error).message };
  }
}

async function importTensorflow(name: string): Promise<Tensorflow> {
  try {
    const module = (await import(name)) as Tensorflow & { default?: Tensorflow };
    return module.default ?? module;
  } catch (error) {
    const wants = name.endsWith('gpu') ? `; ${CUDA_WANTED}` : '';
    const message = `${name} is installed but cannot be loaded: ${(error as Error).message}${wants}`;
    throw new DreamError(
      'engine-unavailable',
      message,
      `Install it anew: ${installCommand(name)}`,
      {
        cause: error,
      },
    );
  }
}

/** Its install script, which the project's .npmrc keeps from running, fetches the library. */
function installCommand(name: string): string {
  return `npm install --no-save --ignore-scripts=false ${name}@${TENSORFLOW_VERSION}`;
}

function unknown(kind: string, found: string, valid: readonly string[]): DreamError {
  return new DreamError(
    'bad-option',
    `--${kind}: expected one of ${valid.join(', ')}; got '${found}'`,
  );
}
