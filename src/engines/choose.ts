/** Which engine a dream runs on, and which ones a machine has. */
import { availableParallelism } from 'node:os';
import { DreamError } from '../kit/errors.ts';
import type { GradientEngine } from './engine.ts';
import { withFallback } from './fallback.ts';
import { fastestOf, PROCESSOR } from './fastest.ts';
import type { Candidate, MeasuredModel } from './fastest.ts';
import { findGpus } from './machine.ts';
import type { EngineReport, Gpus } from './machine.ts';
import { Measurements } from './measurements.ts';
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

export interface Surroundings {
  /** What an engine is chosen for; without it 'auto' is the processor. */
  readonly model?: () => Promise<MeasuredModel>;
  /** The file in which measurements are kept. */
  readonly measurements?: string;
  /** Takes what a person should know: that engines are measured, that one failed. */
  readonly tell?: (notice: string) => void;
}

const ENGINES = ['auto', 'onnx', 'tensorflow'];
const MEASURING =
  'Engines are being measured, once for this machine and model; later dreams begin at once.';

/**
 * What is not the processor falls back to it where it fails.
 *
 * @throws DreamError 'bad-option' for a name that is none, 'engine-unavailable'
 */
export async function chooseEngine(
  wanted: EngineRequest = {},
  surroundings: Surroundings = {},
): Promise<ChosenEngine> {
  const { engine = 'auto', provider, threads } = wanted;
  if (!ENGINES.includes(engine)) throw unknown('engine', engine, ENGINES);
  if (engine === 'tensorflow') {
    return safe(await chooseTensorflow(provider, threads), surroundings);
  }
  const free = engine === 'auto' && provider === undefined && threads === undefined;
  if (free) return safe(await chooseFastest(surroundings), surroundings);
  return safe(await chooseOnnx(provider ?? 'cpu', threads), surroundings);
}

async function chooseFastest({
  model,
  measurements,
  tell = () => undefined,
}: Surroundings): Promise<ChosenEngine> {
  if (model === undefined || measurements === undefined) return chooseOnnx('cpu');
  const gpus = await findGpus();
  const candidates = await candidatesOn(gpus);
  if (candidates.length === 1) return chooseOnnx('cpu');
  const make = (candidate: Candidate): Promise<ChosenEngine> =>
    candidate.engine === 'onnx'
      ? chooseOnnx(candidate.provider)
      : chooseTensorflow(candidate.provider);
  const fastest = await fastestOf(candidates, await model(), {
    ...{ gpus, measurements: new Measurements(measurements) },
    make: async (candidate) => (await make(candidate)).engine,
    begins: () => {
      tell(MEASURING);
    },
  });
  return make(fastest).catch((error: unknown) => {
    // It was there when it was measured.
    if (!(error instanceof DreamError)) throw error;
    tell(`${error.message}: the processor dreams.`);
    return chooseOnnx('cpu');
  });
}

/** What a GPU could make faster than the processor; without one, the processor alone. */
async function candidatesOn(gpus: Gpus): Promise<Candidate[]> {
  if (gpus.found.length === 0) return [PROCESSOR];
  const supported = await onnxProviders();
  const onnx = ['webgpu', ...(gpus.nvidia ? ['cuda'] : [])]
    .filter((provider) => supported.includes(provider))
    .map((provider) => ({ engine: 'onnx', provider }) as const);
  const tensorflow = { engine: 'tensorflow', provider: 'gpu' } as const;
  return [PROCESSOR, ...onnx, ...(gpus.nvidia && hasTensorflow('gpu') ? [tensorflow] : [])];
}

/** A dream goes on with the processor where a GPU fails. */
function safe({ engine, request }: ChosenEngine, { tell }: Surroundings): ChosenEngine {
  if (request.provider === 'cpu') return { engine, request };
  const processor = async (): Promise<GradientEngine> => (await chooseOnnx('cpu')).engine;
  const options = { others: [processor], tell: tell ?? (() => undefined) };
  return { engine: withFallback(engine, options), request };
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

async function chooseOnnx(provider: string, asked?: number): Promise<ChosenEngine> {
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
  const threads = asked ?? availableParallelism();
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

function unknown(kind: string, found: string, valid: readonly string[]): DreamError {
  const message = `--${kind}: expected one of ${valid.join(', ')}; got '${found}'`;
  return new DreamError('bad-option', message);
}
