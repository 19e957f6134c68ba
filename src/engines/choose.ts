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
  /**
   * 'float' (32 bits), 'half' (16 bits on the way to a gradient), or 'auto': half where a GPU was
   * measured to be faster with it and a small dream came near enough. @default 'auto'
   */
  readonly precision?: string;
}

export interface ChosenEngine {
  readonly engine: GradientEngine;
  /** What gives this same engine again. */
  readonly request: ExactRequest;
}

export interface ExactRequest extends EngineRequest {
  readonly engine: EngineReport['engine'];
  readonly provider: string;
  /** @default float32 */
  readonly precision?: 'half';
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
const PRECISIONS = ['auto', 'float', 'half'];
const DEVICE_SHARE = 0.6;
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
  const { engine = 'auto', provider, threads, precision = 'auto' } = wanted;
  if (!ENGINES.includes(engine)) throw await unknownEngine(engine);
  if (!PRECISIONS.includes(precision)) throw unknown('precision', precision, PRECISIONS);
  if (engine === 'tensorflow') {
    return safe(await chooseTensorflow(provider, wanted), surroundings);
  }
  const free = engine === 'auto' && provider === undefined && threads === undefined;
  if (free) return safe(await chooseFastest(precision, surroundings), surroundings);
  const half = precision === 'half' ? precision : undefined;
  return safe(await chooseOnnx(provider ?? 'cpu', { threads, precision: half }), surroundings);
}

async function chooseFastest(
  precision: string,
  { model, measurements, tell = () => undefined }: Surroundings,
): Promise<ChosenEngine> {
  const half = precision === 'half' ? precision : undefined;
  if (model === undefined || measurements === undefined) {
    return chooseOnnx('cpu', { precision: half });
  }
  const gpus = await findGpus();
  const candidates = await candidatesOn(gpus, precision);
  if (candidates.length === 1) return chooseOnnx('cpu', candidates[0]);
  const make = (candidate: Candidate): Promise<ChosenEngine> =>
    candidate.engine === 'onnx'
      ? chooseOnnx(candidate.provider, candidate)
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
async function candidatesOn(gpus: Gpus, precision: string): Promise<Candidate[]> {
  const half = (candidate: Candidate): Candidate => ({ ...candidate, precision: 'half' });
  const processor = precision === 'half' ? half(PROCESSOR) : PROCESSOR;
  if (gpus.found.length === 0) return [processor];
  const supported = await onnxProviders();
  const onnx = ['webgpu', ...(gpus.nvidia ? ['cuda'] : [])]
    .filter((provider) => supported.includes(provider))
    .map((provider) => ({ engine: 'onnx', provider }) as const);
  const halves = precision === 'float' ? [] : onnx.map(half);
  if (precision === 'half') return [processor, ...halves];
  const tensorflow = { engine: 'tensorflow', provider: 'gpu' } as const;
  const others = gpus.nvidia && hasTensorflow('gpu') ? [tensorflow] : [];
  return [processor, ...onnx, ...halves, ...others];
}

/** A dream goes on in float32 where half precision fails, and with the processor where a GPU does. */
function safe({ engine, request }: ChosenEngine, { tell }: Surroundings): ChosenEngine {
  const { provider, threads, precision } = request;
  const inFloat = [provider, 'cpu'].filter((name, index, names) => names.indexOf(name) === index);
  const others = (precision === 'half' ? inFloat : inFloat.slice(1)).map(
    (name) => async (): Promise<GradientEngine> =>
      (await chooseOnnx(name, name === provider ? { threads } : {})).engine,
  );
  if (others.length === 0) return { engine, request };
  const options = { others, tell: tell ?? (() => undefined) };
  return { engine: withFallback(engine, options), request };
}

/** Tries each engine on each of its providers. */
export async function findEngines(): Promise<MachineReport> {
  const gpus = await findGpus();
  const onnx = (await onnxProviders()).map((provider) => reportOnnx(provider));
  const tensorflow = [...tensorflowPackages.keys()].map((provider) =>
    reportTensorflow(provider, gpus),
  );
  return { gpus, engines: await Promise.all([...onnx, ...tensorflow]) };
}

interface OnnxWishes {
  readonly threads?: number | undefined;
  readonly precision?: 'half' | undefined;
}

async function chooseOnnx(provider: string, wishes: OnnxWishes = {}): Promise<ChosenEngine> {
  const providers = await onnxProviders();
  if (!providers.includes(provider)) throw unknown('provider', provider, providers);
  if (provider !== 'cpu') {
    const {
      available,
      detail,
      hint = 'npm run doctor lists what works.',
    } = await reportOnnx(provider, wishes.precision);
    if (!available) {
      const how = wishes.precision === 'half' ? ' in half precision' : '';
      const message = `onnxruntime cannot use ${provider}${how} here: ${detail}`;
      throw new DreamError('engine-unavailable', message, hint);
    }
  }
  const { onnxEngine } = await import('./onnx.ts');
  const { threads = availableParallelism(), precision } = wishes;
  const options = { provider, threads, ...(precision === undefined ? {} : { precision }) };
  const memory = provider === 'cpu' ? undefined : await deviceMemory();
  return { engine: onnxEngine({ ...options, memory }), request: { engine: 'onnx', ...options } };
}

/** Bytes of a GPU for one gradient; the system, and what providers keep, want the rest. */
async function deviceMemory(): Promise<number | undefined> {
  const { memory } = await findGpus();
  return memory === undefined ? undefined : DEVICE_SHARE * memory;
}

async function chooseTensorflow(
  wanted?: string,
  { threads, precision }: EngineRequest = {},
): Promise<ChosenEngine> {
  const providers = [...tensorflowPackages.keys()];
  if (wanted !== undefined && !providers.includes(wanted)) {
    throw unknown('provider', wanted, providers);
  }
  if (threads !== undefined) {
    const message = 'the number of threads can be chosen for the onnx engine only';
    throw new DreamError('bad-option', message, 'Leave --threads out, or add --engine onnx.');
  }
  if (precision === 'half') {
    const message = 'half precision is there for the onnx engine only';
    throw new DreamError('bad-option', message, 'Leave --precision out, or add --engine onnx.');
  }
  const provider = wanted ?? providers.find(hasTensorflow) ?? providers.at(-1)!;
  const tf = await importTensorflow(provider);
  const { tensorflowEngine } = await import('./tensorflow.ts');
  return { engine: tensorflowEngine(tf), request: { engine: 'tensorflow', provider } };
}

/** Who names a provider of onnx is told so. */
async function unknownEngine(name: string): Promise<DreamError> {
  const { message } = unknown('engine', name, ENGINES);
  const isProvider = (await onnxProviders()).includes(name);
  const hint = isProvider ? `For that: --engine onnx --provider ${name}` : undefined;
  return new DreamError('bad-option', message, hint);
}

function unknown(kind: string, found: string, valid: readonly string[]): DreamError {
  const message = `--${kind}: expected one of ${valid.join(', ')}; got '${found}'`;
  return new DreamError('bad-option', message);
}
