/** The engine on onnxruntime: forward and backward pass as one ONNX graph. */
import { availableParallelism } from 'node:os';
import * as onnxruntime from 'onnxruntime-node';
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { inferShapes } from '../ops/shapes.ts';
import { withGradient } from './ascent-graph.ts';
import { engineOf } from './ascent.ts';
import type { GradientEngine } from './engine.ts';
import { cellsOf } from './memory.ts';
import { OnnxDevice } from './onnx-device.ts';
import { onnxModel } from './onnx-model.ts';
import { GRADIENT } from './program.ts';
import type { Compiler, Program, Task, Tensor } from './program.ts';

export interface OnnxOptions {
  /** onnxruntime's name of the execution provider. @default 'cpu' */
  readonly provider?: string;
  /** Threads inside an op. @default the cores that this process may use */
  readonly threads?: number;
}

/**
 * Measured on Inception V3 to mixed5 at 1024²: 1.3 for the whole gradient (710 bytes for each
 * pixel), 1.25 to 1.55 for its parts.
 */
const MEMORY_FACTOR = 1.5;
/** A GPU's provider changes layouts by copies, and keeps buffers for the next run. Not measured. */
const GPU_MEMORY_FACTOR = 2;

export function onnxEngine(options: OnnxOptions = {}): GradientEngine {
  const { provider = 'cpu', threads = availableParallelism() } = options;
  const version = `onnxruntime ${onnxruntime.env.versions.node ?? ''}`;
  return engineOf({
    ...onnxCompiler(options),
    name: 'onnx',
    describe: () =>
      provider === 'cpu' ? `${version} on cpu, ${threads} threads` : `${version} on ${provider}`,
  });
}

export function onnxCompiler(options: OnnxOptions = {}): Compiler {
  const { provider = 'cpu', threads = availableParallelism() } = options;
  const device = new OnnxDevice(provider, threads);
  return {
    memoryFactor: provider === 'cpu' ? MEMORY_FACTOR : GPU_MEMORY_FACTOR,
    async compile(task) {
      const { graph, values, gradient } = runnableForm(task);
      const model = onnxModel(graph, values, provider);
      const { outputs } = task;
      const program = new OnnxProgram({ graph, model, outputs, gradient }, device);
      await program.open();
      return program;
    },
  };
}

/** The graph with its backward pass, and the values to compute. */
function runnableForm({ graph, outputs, derivative }: Task): {
  graph: Graph;
  values: readonly NodeRef[];
  gradient: NodeRef | null;
} {
  if (!derivative) return { graph: slice(graph, outputs), values: outputs, gradient: null };
  const differentiated = withGradient(graph, outputs, derivative);
  return { ...differentiated, values: [...outputs, differentiated.gradient] };
}

/** An ONNX model, and how its values are called. */
interface Compiled {
  readonly graph: Graph;
  readonly model: Uint8Array;
  readonly outputs: readonly NodeRef[];
  readonly gradient: NodeRef | null;
}

/** Its session is closed and opened again without computing the model anew. */
class OnnxProgram implements Program {
  #session: onnxruntime.InferenceSession | null = null;
  /** The outputs' memory, for inputs of the shapes that `key` tells. */
  #results: { key: string; tensors: Record<string, onnxruntime.Tensor> } | null = null;

  constructor(
    private readonly compiled: Compiled,
    private readonly device: OnnxDevice,
  ) {}

  async open(): Promise<onnxruntime.InferenceSession> {
    this.#session ??= await this.device.open(this.compiled.model);
    return this.#session;
  }

  async run(feeds: ReadonlyMap<NodeRef, Tensor>): Promise<ReadonlyMap<NodeRef, Tensor>> {
    const session = await this.open();
    const inputs = session.inputNames.map((name) => [name, feeds.get(name)!] as const);
    const results = this.#resultsFor(inputs);
    const tensors = inputs.map(
      ([name, { shape, data }]) => [name, new onnxruntime.Tensor('float32', data, shape)] as const,
    );
    try {
      await session.run(Object.fromEntries(tensors), results);
    } catch (error) {
      await this.device.forget();
      throw error;
    }
    const { gradient } = this.compiled;
    return new Map(
      Object.entries(results).map(([name, { dims, data }]) => [
        name === gradient ? GRADIENT : name,
        { shape: dims, data: data as Float32Array },
      ]),
    );
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
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

function channelsLastShape(shape: readonly number[]): readonly number[] {
  return shape.length === 4 ? [0, 2, 3, 1].map((axis) => shape[axis]!) : shape;
}

function channelsFirstShape(shape: readonly number[]): readonly number[] {
  return shape.length === 4 ? [0, 3, 1, 2].map((axis) => shape[axis]!) : shape;
}
