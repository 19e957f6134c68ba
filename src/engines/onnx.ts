/** The engine on onnxruntime: forward and backward pass as one ONNX graph. */
import { availableParallelism } from 'node:os';
import * as onnxruntime from 'onnxruntime-node';
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import type { Precision } from '../kit/half.ts';
import { inferShapes } from '../ops/shapes.ts';
import { withGradient } from './ascent-graph.ts';
import { engineOf } from './ascent.ts';
import type { GradientEngine } from './engine.ts';
import { scaleCotangents } from './half/cotangents.ts';
import { halfNodes } from './half/nodes.ts';
import { cellsOf } from './memory.ts';
import { OnnxDevice } from './onnx-device.ts';
import type { OnnxTensor } from './onnx-format.ts';
import { fedModel, onnxModel } from './onnx-model.ts';
import type { FedModel } from './onnx-model.ts';
import { GRADIENT, newRoom } from './program.ts';
import type { Compiler, Program, Room, Task, Tensor } from './program.ts';

export interface OnnxOptions {
  /** onnxruntime's name of the execution provider. @default 'cpu' */
  readonly provider?: string;
  /** Threads inside an op. @default the cores that this process may use */
  readonly threads?: number;
  /** Of the network on the way to a gradient; pictures and gradients are float32. @default 'float' */
  readonly precision?: Precision;
  /** Bytes that gradients may take, where a dream says no other. @default by the process's memory */
  readonly memory?: number | undefined;
}

/**
 * Measured on Inception V3 to mixed5 at 1024²: 1.3 for the whole gradient (710 bytes for each
 * pixel), 1.25 to 1.55 for its parts.
 */
const MEMORY_FACTOR = 1.5;
/** A GPU's provider changes layouts by copies, and keeps buffers for the next run. Not measured. */
const GPU_MEMORY_FACTOR = 2;
/** What most values take of float32's memory; the rest is for those that are not halves. */
const HALF_MEMORY = 0.6;

export function onnxEngine(options: OnnxOptions = {}): GradientEngine {
  const { provider = 'cpu', threads = availableParallelism(), precision = 'float' } = options;
  const half = precision === 'half' ? ', half precision' : '';
  const version = `onnxruntime ${onnxruntime.env.versions.node ?? ''}`;
  return engineOf({
    ...onnxCompiler(options),
    name: 'onnx',
    memory: options.memory,
    describe: () =>
      provider === 'cpu'
        ? `${version} on cpu, ${threads} threads${half}`
        : `${version} on ${provider}${half}`,
  });
}

export function onnxCompiler(options: OnnxOptions = {}): Compiler {
  const { provider = 'cpu', threads = availableParallelism(), precision = 'float' } = options;
  const device = new OnnxDevice(provider, threads);
  return {
    memoryFactor: memoryFactorOf(provider, precision),
    async compile(task) {
      const { graph, values, gradient, half } = runnableForm(task, precision);
      const { outputs } = task;
      // What is fed is in float32.
      const few = half.size === 0 ? (task.few ?? null) : null;
      const model = (): FedModel =>
        few
          ? fedModel(graph, values, provider)
          : { model: onnxModel(graph, values, provider, half), weights: [] };
      const halved = half.size > 0;
      const program = new OnnxProgram({ graph, model, outputs, gradient, halved, few }, device);
      await program.open();
      return program;
    },
  };
}

/** The processor computes halves in float32 all the same. */
function memoryFactorOf(provider: string, precision: Precision): number {
  if (provider === 'cpu') return MEMORY_FACTOR;
  return precision === 'half' ? HALF_MEMORY * GPU_MEMORY_FACTOR : GPU_MEMORY_FACTOR;
}

interface RunnableForm {
  readonly graph: Graph;
  /** What is to be computed. */
  readonly values: readonly NodeRef[];
  readonly gradient: NodeRef | null;
  /** The nodes in half precision. */
  readonly half: ReadonlySet<NodeRef>;
}

/** The graph with its backward pass. */
function runnableForm(
  { graph: whole, outputs, derivative, exact }: Task,
  precision: Precision,
): RunnableForm {
  const halved = precision === 'half' && exact !== true;
  const none: ReadonlySet<NodeRef> = new Set();
  if (!derivative) {
    const graph = slice(whole, outputs);
    return { graph, values: outputs, gradient: null, half: halved ? halfNodes(graph, none) : none };
  }
  const exactly = withGradient(whole, outputs, derivative);
  if (!halved) return { ...exactly, values: [...outputs, exactly.gradient], half: none };
  const { graph, gradient, scaled } = scaleCotangents(exactly.graph, exactly.gradient);
  return { graph, values: [...outputs, gradient], gradient, half: halfNodes(graph, scaled) };
}

/** An ONNX model, and how its values are called. */
interface Compiled {
  readonly graph: Graph;
  /** Writes it. */
  readonly model: () => FedModel;
  readonly outputs: readonly NodeRef[];
  readonly gradient: NodeRef | null;
  /** Whether it has nodes in half precision. */
  readonly halved: boolean;
  /** Takes its weights, where it runs a few times only. */
  readonly few: Room | null;
}

/** Its session can be closed and opened again. */
class OnnxProgram implements Program {
  #session: onnxruntime.InferenceSession | null = null;
  /** As large as all weights: kept only when it has been written twice. */
  #model: FedModel | null = null;
  #written = false;
  #weights: Readonly<Record<string, onnxruntime.Tensor>> | null = null;
  /** The outputs' memory, for inputs of the shapes that `key` tells. */
  #results: { key: string; tensors: Record<string, onnxruntime.Tensor> } | null = null;

  constructor(
    private readonly compiled: Compiled,
    private readonly device: OnnxDevice,
  ) {}

  async open(): Promise<onnxruntime.InferenceSession> {
    if (this.#session) return this.#session;
    const { few } = this.compiled;
    const { model, weights } = this.#modelToOpen();
    this.#session = await this.device.open(model, few !== null);
    this.#weights = weightTensors(weights, few);
    return this.#session;
  }

  async run(feeds: ReadonlyMap<NodeRef, Tensor>): Promise<ReadonlyMap<NodeRef, Tensor>> {
    const session = await this.open();
    const weights = this.#weights ?? {};
    const names = session.inputNames.filter((name) => !(name in weights));
    const inputs = names.map((name) => [name, feeds.get(name)!] as const);
    const results = this.#resultsFor(inputs);
    const tensors = inputs.map(
      ([name, { shape, data }]) => [name, new onnxruntime.Tensor('float32', data, shape)] as const,
    );
    try {
      await session.run({ ...Object.fromEntries(tensors), ...weights }, results);
    } catch (error) {
      await this.device.forget();
      throw error;
    }
    const { gradient, halved } = this.compiled;
    if (gradient !== null && halved) checkFinite(results[gradient]!.data as Float32Array);
    return new Map(
      Object.entries(results).map(([name, { dims, data }]) => [
        name === gradient ? GRADIENT : name,
        { shape: dims, data: data as Float32Array },
      ]),
    );
  }

  #modelToOpen(): FedModel {
    const model = this.#model ?? this.compiled.model();
    if (this.#written) this.#model = model;
    this.#written = true;
    return model;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#weights = null;
    this.#results = null;
    await session?.release();
  }

  dispose(): Promise<void> {
    return this.close();
  }

  /**
   * Tensors for onnxruntime to write into. Those that it makes itself keep the session's whole
   * memory alive until they are garbage collected.
   */
  #resultsFor(inputs: readonly (readonly [NodeRef, Tensor])[]): Record<string, onnxruntime.Tensor> {
    const key = inputs.map(([, { shape }]) => shape.join('×')).join(' ');
    if (this.#results?.key === key) return this.#results.tensors;
    const { graph, outputs, gradient } = this.compiled;
    const given = inputs.map(([name, { shape }]) => [name, channelsLastShape(shape)] as const);
    const shapes = inferShapes(graph, Object.fromEntries(given));
    const names = gradient === null ? outputs : [...outputs, gradient];
    const tensors = names.map((name) => {
      const shape = channelsFirstShape(shapes.get(name)!.map((size) => size ?? 1));
      const data = new Float32Array(cellsOf(shape));
      return [name, new onnxruntime.Tensor('float32', data, shape)] as const;
    });
    this.#results = { key, tensors: Object.fromEntries(tensors) };
    return this.#results.tensors;
  }
}

function weightTensors(
  weights: readonly OnnxTensor[],
  room: Room | null,
): Record<string, onnxruntime.Tensor> {
  const tensors = weights.map(({ name, dims, read }) => {
    const values = read(room ?? newRoom) as Float32Array;
    return [name, new onnxruntime.Tensor('float32', values, dims)] as const;
  });
  return Object.fromEntries(tensors);
}

/** Values beyond 65504 end in infinities and in what is no number: another engine may do better. */
function checkFinite(gradient: Float32Array): void {
  let sum = 0;
  for (const value of gradient) sum += value;
  if (!Number.isFinite(sum)) throw new Error('the gradient leaves the range of half precision');
}

function channelsLastShape(shape: readonly number[]): readonly number[] {
  return shape.length === 4 ? [0, 2, 3, 1].map((axis) => shape[axis]!) : shape;
}

function channelsFirstShape(shape: readonly number[]): readonly number[] {
  return shape.length === 4 ? [0, 3, 1, 2].map((axis) => shape[axis]!) : shape;
}
