/** The engine on onnxruntime: forward and backward pass as one ONNX graph. */
import { availableParallelism } from 'node:os';
import * as onnxruntime from 'onnxruntime-node';
import type { Graph, NodeRef, Shape } from '../graph/graph.ts';
import { slice } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import { inferShapes } from '../ops/shapes.ts';
import { ascentGraph } from './ascent-graph.ts';
import { PICTURE } from './engine.ts';
import type { Ascent, Evaluated, Evaluation, GradientEngine, Planes } from './engine.ts';
import { peakBytesPerPixel } from './memory.ts';
import { onnxModel } from './onnx-model.ts';

export interface OnnxOptions {
  /** onnxruntime's name of the execution provider. @default 'cpu' */
  readonly provider?: string;
  /** Threads inside an op. @default the cores that this process may use */
  readonly threads?: number;
}

export function onnxEngine(options: OnnxOptions = {}): GradientEngine {
  const provider = options.provider ?? 'cpu';
  const threads = options.threads ?? availableParallelism();
  const open = (graph: Graph, outputs: readonly NodeRef[]): Promise<onnxruntime.InferenceSession> =>
    onnxruntime.InferenceSession.create(onnxModel(graph, outputs, provider), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });

  return {
    name: 'onnx',
    describe: () => `onnxruntime ${onnxruntime.env.versions.node ?? ''} on ${provider}, ${threads} threads`,

    async prepare(network: Graph, objective: Objective): Promise<Ascent> {
      const ascent = ascentGraph(network, objective);
      const { graph, score, gradient, shares, calibrations, calibrationGraph } = ascent;
      const session = await open(graph, [score, gradient]);
      const parameters: Record<string, onnxruntime.Tensor> = {};
      return {
        field: ascent.field,
        bytesPerPixel: peakBytesPerPixel(graph, [score, gradient]),
        async calibrate(picture) {
          if (calibrations.length === 0) return;
          const values = calibrations.map(({ value }) => value);
          const calibration = await open(calibrationGraph, values);
          const results = await calibration.run({ [PICTURE]: pictureTensor(picture) });
          for (const { parameter, value } of calibrations) parameters[parameter] = results[value]!;
          await calibration.release();
        },
        async at(picture, whole = picture) {
          for (const { parameter, cells } of shares) {
            parameters[parameter] = scalarTensor(1 / cells(whole));
          }
          const results = await session.run({ ...parameters, [PICTURE]: pictureTensor(picture) });
          return {
            score: (results[score]!.data as Float32Array)[0]!,
            gradient: results[gradient]!.data as Float32Array,
          };
        },
        dispose: () => session.release(),
      };
    },

    async evaluate(network, outputs): Promise<Evaluation> {
      const graph = slice(network, outputs);
      const shapes = inferShapes(graph);
      const session = await open(graph, outputs);
      return {
        async at(picture) {
          const results = await session.run({ [PICTURE]: pictureTensor(picture) });
          return new Map(outputs.map((name) => [name, evaluated(results[name]!, shapes.get(name)!)]));
        },
        dispose: () => session.release(),
      };
    },
  };
}

function pictureTensor({ rows, columns, data }: Planes): onnxruntime.Tensor {
  return new onnxruntime.Tensor('float32', data, [1, 3, rows, columns]);
}

function scalarTensor(value: number): onnxruntime.Tensor {
  return new onnxruntime.Tensor('float32', Float32Array.of(value), []);
}

/** Brings an ONNX value into the graph's layout. */
function evaluated(tensor: onnxruntime.Tensor, shape: Shape): Evaluated {
  const data = tensor.data as Float32Array;
  if (shape.length !== 4) return { shape: tensor.dims, data };
  const [batch, channels, rows, columns] = tensor.dims as [number, number, number, number];
  const cells = rows * columns;
  const target = new Float32Array(data.length);
  for (let picture = 0, from = 0; picture < batch; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let cell = 0; cell < cells; cell++, from++) {
        target[(picture * cells + cell) * channels + channel] = data[from]!;
      }
    }
  }
  return { shape: [batch, rows, columns, channels], data: target };
}
