/**
 * The engine on tensorflow.js: the same graph through the ops' tensorflow forms, differentiated
 * by tensorflow.js itself. On `@tensorflow/tfjs-node-gpu` that is CUDA, on `@tensorflow/tfjs-node`
 * the processor; the plain CPU backend is for small networks and for checking the other engine.
 */
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { opNamed } from '../ops/index.ts';
import type { Tensorflow } from '../ops/op.ts';
import { engineOf } from './ascent.ts';
import type { GradientEngine } from './engine.ts';
import { GRADIENT } from './program.ts';
import type { Compiler, Derivative, Program, Task, Tensor } from './program.ts';

/** The tape keeps every forward value until the backward pass is done. Not measured. */
const MEMORY_FACTOR = 3;

export function tensorflowEngine(tf: Tensorflow): GradientEngine {
  return engineOf({
    ...tensorflowCompiler(tf),
    name: 'tensorflow',
    describe: () => `tensorflow.js ${tf.version_core} on ${tf.getBackend()}`,
  });
}

export function tensorflowCompiler(tf: Tensorflow): Compiler {
  return {
    memoryFactor: MEMORY_FACTOR,
    compile: (task) => Promise.resolve(new TensorflowProgram(tf, task)),
  };
}

/** A graph with its constants as tensors, run node by node. */
class TensorflowProgram implements Program {
  readonly #constants = new Map<NodeRef, TfTensor>();
  readonly #graph: Graph;

  constructor(
    private readonly tf: Tensorflow,
    private readonly task: Task,
  ) {
    const { graph, outputs, derivative } = task;
    this.#graph = slice(graph, derivative ? [...outputs, derivative.of] : outputs);
    for (const [name, constant] of this.#graph.constants) {
      this.#constants.set(name, tf.keep(tf.tensor(constant.read(), [...constant.shape])));
    }
  }

  async run(feeds: ReadonlyMap<NodeRef, Tensor>): Promise<ReadonlyMap<NodeRef, Tensor>> {
    const { tf } = this;
    const { outputs, derivative } = this.task;
    const results = tf.tidy(() => {
      const inputs = new Map([...feeds].map(([name, value]) => [name, this.#fromPlanes(value)]));
      return derivative
        ? this.#withGradient(inputs, derivative)
        : this.#values(inputs, outputs).map((value) => this.#toPlanes(value));
    });
    const data = await Promise.all(results.map((result) => result.data<'float32'>()));
    tf.dispose(results);
    const names = derivative ? [...outputs, GRADIENT] : outputs;
    return new Map(
      names.map((name, index) => [name, { shape: results[index]!.shape, data: data[index]! }]),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.tf.dispose([...this.#constants.values()]);
    return Promise.resolve();
  }

  /** The outputs and, last, the gradient, as planes. Runs inside the caller's tidy, as all below. */
  #withGradient(inputs: ReadonlyMap<NodeRef, TfTensor>, { of, by }: Derivative): TfTensor[] {
    let kept: TfTensor[] = [];
    const { grad } = this.tf.valueAndGrad((input) => {
      const [scalar, ...others] = this.#values(new Map([...inputs, [by, input]]), [
        of,
        ...this.task.outputs,
      ]);
      // The backward pass would tidy them away.
      kept = others.map((value) => this.tf.keep(this.tf.clone(value)));
      return this.tf.squeeze(scalar!);
    })(inputs.get(by)!);
    const planes = [...kept, grad].map((value) => this.#toPlanes(value));
    this.tf.dispose(kept);
    return planes;
  }

  #values(inputs: ReadonlyMap<NodeRef, TfTensor>, outputs: readonly NodeRef[]): TfTensor[] {
    const values = new Map<NodeRef, TfTensor>([...this.#constants, ...inputs]);
    for (const node of this.#graph.nodes.values()) {
      if (values.has(node.name)) continue;
      const compute = opNamed(node.op).tensorflow;
      if (!compute) throw new Error(`op '${node.op}' has no tensorflow form`);
      const operands = node.inputs.map((input) => values.get(input)!);
      values.set(node.name, compute(this.tf, operands, node.attributes));
    }
    return outputs.map((name) => values.get(name)!);
  }

  #fromPlanes({ shape, data }: Tensor): TfTensor {
    const tensor = this.tf.tensor(data, [...shape]);
    return shape.length === 4 ? this.tf.transpose(tensor, [0, 2, 3, 1]) : tensor;
  }

  #toPlanes(value: TfTensor): TfTensor {
    return value.rank === 4 ? this.tf.transpose(value, [0, 3, 1, 2]) : this.tf.clone(value);
  }
}
