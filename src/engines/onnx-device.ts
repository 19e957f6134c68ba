/** Sessions of onnxruntime on one provider, and what a GPU keeps between them. */
import * as onnxruntime from 'onnxruntime-node';
import { GraphBuilder } from '../graph/builder.ts';
import { PICTURE } from './engine.ts';
import { onnxModel } from './onnx-model.ts';

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
    };
  }

  async open(model: Uint8Array): Promise<onnxruntime.InferenceSession> {
    await this.#keepPrograms();
    return onnxruntime.InferenceSession.create(model, this.#options);
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
export function oneNode(provider: string): Uint8Array {
  const builder = new GraphBuilder();
  builder.input(PICTURE, [1, null, null, 3]);
  return onnxModel(builder, [builder.add('relu', [PICTURE])], provider);
}
