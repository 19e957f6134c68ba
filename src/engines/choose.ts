/** Which engine a dream runs on, and which ones a machine has. */
import { availableParallelism } from 'node:os';
import { DreamError } from '../kit/errors.ts';
import type { GradientEngine } from './engine.ts';
import { findGpus } from './machine.ts';
import type { EngineReport, Gpus } from './machine.ts';
import { onnxProviders, reportOnnx } from './onnx-providers.ts';
import {
  hasTensorflow,
  importTensorflow,
  reportTensorflow,
  tensorflowPackages,
} from './tensorflow-packages.ts';

export interface EngineRequest {
  /** 'onnx', 'tensorflow', or 'auto' for the fastest that the machine has. @default 'auto' */
  readonly engine?: string;
  /** What the engine runs on. @default 'cpu' for onnx; what is installed for tensorflow */
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
  readonly engine: EngineReport['engine'];
  readonly provider: string;
}

export interface MachineReport {
  readonly gpus: Gpus;
  readonly engines: readonly EngineReport[];
}

const ENGINES = ['auto', 'onnx', 'tensorflow'];

/** @throws DreamError 'bad-option' for a name that is none, 'engine-unavailable' */
export async function chooseEngine(wanted: EngineRequest = {}): Promise<ChosenEngine> {
  const { engine = 'auto', provider, threads } = wanted;
  if (!ENGINES.includes(engine)) throw unknown('engine', engine, ENGINES);
  if (engine === 'tensorflow') return chooseTensorflow(provider, threads);
  const free = engine === 'auto' && provider === undefined && threads === undefined;
  const cuda = free && hasTensorflow('gpu') ? await chooseCuda() : null;
  return cuda ?? chooseOnnx(provider ?? 'cpu', threads ?? availableParallelism());
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
    const {
      available,
      detail,
      hint = 'npm run doctor lists what works.',
    } = await reportOnnx(provider);
    if (!available) {
      const message = `onnxruntime cannot use ${provider} here: ${detail}`;
      throw new DreamError('engine-unavailable', message, hint);
    }
  }
  const { onnxEngine } = await import('./onnx.ts');
  const request = { engine: 'onnx', provider, threads } as const;
  return { engine: onnxEngine({ provider, threads }), request };
}

async function chooseTensorflow(wanted?: string, threads?: number): Promise<ChosenEngine> {
  const providers = [...tensorflowPackages.keys()];
  if (wanted !== undefined && !providers.includes(wanted)) {
    throw unknown('provider', wanted, providers);
  }
  if (threads !== undefined) {
    const message = 'the number of threads can be chosen for the onnx engine only';
    throw new DreamError('bad-option', message, 'Leave --threads out, or add --engine onnx.');
  }
  const provider = wanted ?? providers.find(hasTensorflow) ?? providers.at(-1)!;
  const tf = await importTensorflow(provider);
  const { tensorflowEngine } = await import('./tensorflow.ts');
  return { engine: tensorflowEngine(tf), request: { engine: 'tensorflow', provider } };
}

/** tensorflow on CUDA, or null where the machine cannot. */
async function chooseCuda(): Promise<ChosenEngine | null> {
  if (!(await findGpus()).nvidia) return null;
  return chooseTensorflow('gpu').catch((error: unknown) => {
    if (error instanceof DreamError) return null;
    throw error;
  });
}

function unknown(kind: string, found: string, valid: readonly string[]): DreamError {
  const message = `--${kind}: expected one of ${valid.join(', ')}; got '${found}'`;
  return new DreamError('bad-option', message);
}
