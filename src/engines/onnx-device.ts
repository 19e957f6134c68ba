/** Sessions of onnxruntime on one provider, and what a GPU keeps between them. */
import * as onnxruntime from 'onnxruntime-node';
import { GraphBuilder } from '../graph/builder.ts';
import type { Precision } from '../kit/half.ts';
import { PICTURE } from './engine.ts';
import { onnxModel } from './onnx-model.ts';

/**
 * Microseconds that a thread without work waits awake. onnxruntime's own 1000 take a core from
 * whatever else there is to do, an eighth of a dream's processor time, and save none of its own.
 */
const SPIN = '100';

/** Opens sessions. */
export class OnnxDevice {
  #keeper: Promise<onnxruntime.InferenceSession> | null = null;
  readonly #options: onnxruntime.InferenceSession.SessionOptions;

  constructor(
    readonly provider: string,
    readonly threads: number,
  ) {
    this.#options = {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Plans for one picture's size are kept beside the arena: 600 MB more at 1024², no faster.
      enableMemPattern: false,
      extra: { session: { intra_op: { spin_duration_us: SPIN } } },
    };
  }

  /** @param few whether it will run a few times only. */
  async open(model: Uint8Array, few = false): Promise<onnxruntime.InferenceSession> {
    await this.#keepPrograms();
    return onnxruntime.InferenceSession.create(model, few ? this.#fewRuns : this.#options);
  }

  /**
   * Weights stay in the layout that they come in: measured on ResNet-18, ready in 0.6 of the time
   * and a third of the memory, a run takes 1.4 times as long.
   */
  get #fewRuns(): onnxruntime.InferenceSession.SessionOptions {
    return { ...this.#options, graphOptimizationLevel: 'basic', enableCpuMemArena: false };
  }

  /** After a failure: the next session gets a device that is set up anew. */
  async forget(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    // A lost device may fail here once more.
    await keeper?.then((session) => session.release()).catch(() => undefined);
  }

  /**
   * The WebGPU provider gives its device back with its last session, and all compiled programs with
   * it; compiling them takes seconds. A session of one node keeps them.
   */
  async #keepPrograms(): Promise<void> {
    if (this.provider !== 'webgpu') return;
    this.#keeper ??= onnxruntime.InferenceSession.create(oneNode(this.provider), this.#options);
    try {
      await this.#keeper;
    } catch (error) {
      this.#keeper = null;
      throw error;
    }
  }
}

/** The smallest model that a provider can be tried with. */
export function oneNode(provider: string, precision: Precision = 'float'): Uint8Array {
  const builder = new GraphBuilder();
  builder.input(PICTURE, [1, null, null, 3]);
  const node = builder.add('relu', [PICTURE]);
  return onnxModel(builder, [node], provider, new Set(precision === 'half' ? [node] : []));
}
