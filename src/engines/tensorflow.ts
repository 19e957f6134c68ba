/**
 * The engine on tensorflow.js: the same graph through the ops' tensorflow forms, differentiated
 * by tensorflow.js itself. On `@tensorflow/tfjs-node-gpu` that is CUDA, on `@tensorflow/tfjs-node`
 * the processor; the plain CPU backend is for small networks and for checking the other engine.
 */
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { nodeOf, slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import { opNamed } from '../ops/index.ts';
import type { Tensor, Tensorflow } from '../ops/op.ts';
import { scoredGraph } from './ascent-graph.ts';
import { PICTURE } from './engine.ts';
import { peakBytesPerPixel } from './memory.ts';
import type { Ascent, Evaluation, GradientEngine, Planes } from './engine.ts';

export function tensorflowEngine(tf: Tensorflow): GradientEngine {
  return {
    name: 'tensorflow',
    describe: () => `tensorflow.js ${tf.version_core} on ${tf.getBackend()}`,

    prepare(network: Graph, objective: Objective): Promise<Ascent> {
      const scored = scoredGraph(network, objective);
      const { graph, score, shares, calibrations, calibrationGraph } = scored;
      const program = new Program(tf, graph);
      const parameters = new Map<NodeRef, Tensor>();
      const setParameter = (name: NodeRef, value: Tensor): void => {
        parameters.get(name)?.dispose();
        parameters.set(name, value);
      };
      const scoreAt = tf.valueAndGrad((picture) =>
        tf.squeeze(program.run([score], new Map([...parameters, [PICTURE, picture]]))[0]!),
      );
      return Promise.resolve({
        field: scored.field,
        // The tape keeps every forward value until the backward pass is done.
        bytesPerPixel: 2 * peakBytesPerPixel(graph, [...graph.nodes.keys()]),
        async calibrate(picture) {
          if (calibrations.length === 0) return;
          const calibration = new Program(tf, calibrationGraph);
          const values = tf.tidy(() =>
            calibration.run(
              calibrations.map(({ value }) => value),
              new Map([[PICTURE, toTensor(tf, picture)]]),
            ),
          );
          calibration.dispose();
          calibrations.forEach(({ parameter }, index) => {
            setParameter(parameter, values[index]!);
          });
          await Promise.resolve();
        },
        async at(picture, whole = picture) {
          for (const { parameter, cells } of shares) setParameter(parameter, tf.scalar(1 / cells(whole)));
          const [value, gradient] = tf.tidy(() => {
            const { value, grad } = scoreAt(toTensor(tf, picture));
            return [value, tf.transpose(tf.squeeze(grad as Tensor4D, [0]) as Tensor3D, [2, 0, 1])];
          });
          const [[scoreValue], planes] = await Promise.all([value!.data(), gradient!.data()]);
          tf.dispose([value!, gradient!]);
          return { score: scoreValue!, gradient: planes as Float32Array };
        },
        dispose() {
          program.dispose();
          tf.dispose([...parameters.values()]);
          return Promise.resolve();
        },
      });
    },

    evaluate(network, outputs): Promise<Evaluation> {
      const program = new Program(tf, slice(network, outputs));
      return Promise.resolve({
        async at(picture) {
          const results = tf.tidy(() =>
            program.run(outputs, new Map([[PICTURE, toTensor(tf, picture)]])),
          );
          const data = await Promise.all(results.map((result) => result.data()));
          tf.dispose(results);
          return new Map(
            outputs.map((name, index) => [
              name,
              { shape: results[index]!.shape, data: data[index] as Float32Array },
            ]),
          );
        },
        dispose() {
          program.dispose();
          return Promise.resolve();
        },
      });
    },
  };
}

/** A graph with its constants as tensors, run node by node. */
class Program {
  readonly #constants = new Map<NodeRef, Tensor>();

  constructor(
    private readonly tf: Tensorflow,
    private readonly graph: Graph,
  ) {
    for (const [name, constant] of graph.constants) {
      this.#constants.set(name, tf.keep(tf.tensor(constant.read(), [...constant.shape])));
    }
  }

  /** Runs inside the caller's tidy. */
  run(outputs: readonly NodeRef[], inputs: ReadonlyMap<NodeRef, Tensor>): Tensor[] {
    const values = new Map<NodeRef, Tensor>([...this.#constants, ...inputs]);
    for (const node of this.graph.nodes.values()) {
      if (values.has(node.name)) continue;
      const compute = opNamed(node.op).tensorflow;
      if (!compute) throw new Error(`op '${node.op}' has no tensorflow form`);
      const operands = node.inputs.map((input) => values.get(input)!);
      values.set(node.name, compute(this.tf, operands, nodeOf(this.graph, node.name).attributes));
    }
    return outputs.map((name) => values.get(name)!);
  }

  dispose(): void {
    this.tf.dispose([...this.#constants.values()]);
  }
}

/** Planes [3, rows, columns] → [1, rows, columns, 3]. */
function toTensor(tf: Tensorflow, { rows, columns, data }: Planes): Tensor4D {
  return tf.expandDims(tf.transpose(tf.tensor(data, [3, rows, columns]), [1, 2, 0]), 0);
}
