/** Small ONNX files, written through the format's own messages. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { onnxCompiler } from '../../src/engines/onnx.ts';
import { slice } from '../../src/graph/graph.ts';
import { INPUT } from '../../src/importers/imported.ts';
import type { Beside, Imported } from '../../src/importers/imported.ts';
import { readOnnx } from '../../src/importers/onnx.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { modelType } from '../../src/kit/onnx-format.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';

/** float · int64 · a text · a list · a tensor */
export type Setting = number | { readonly float: number } | string | readonly number[] | Weight;

export interface Weight {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
  /** @default 1, float */
  readonly type?: number;
}

export interface NodeText {
  readonly op: string;
  readonly inputs: readonly string[];
  /** @default ['y'] */
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly settings?: Readonly<Record<string, Setting>>;
  readonly domain?: string;
}

export interface ModelText {
  readonly nodes: readonly NodeText[];
  /** Sizes of the input x; null where the file does not know one. @default [1, 3, 6, 7] */
  readonly dims?: readonly (number | null)[];
  readonly weights?: Readonly<Record<string, Weight>>;
  /** @default 13 */
  readonly opset?: number;
  /** @default 'y' */
  readonly output?: string;
  /** More fields of the graph. */
  readonly graph?: Readonly<Record<string, unknown>>;
}

export const nothingBeside: Beside = {
  names: [],
  read: (path) => Promise.reject(new Error(`there is no ${path}`)),
};

export function onnxFile(model: ModelText): Uint8Array {
  const { nodes, weights = {}, opset = 13, output = 'y', dims = [1, 3, 6, 7], graph = {} } = model;
  return modelType
    .encode(
      modelType.fromObject({
        irVersion: 8,
        opsetImport: [
          { domain: '', version: opset },
          { domain: 'com.microsoft', version: 1 },
        ],
        graph: {
          name: 'test',
          node: nodes.map(nodeMessage),
          initializer: Object.entries(weights).map(([name, weight]) => tensor(name, weight)),
          input: [valueInfo('x', dims)],
          output: [{ name: output, type: { tensorType: { elemType: 1 } } }],
          ...graph,
        },
      }),
    )
    .finish();
}

function nodeMessage({ op, inputs, outputs = ['y'], name, settings = {}, domain }: NodeText) {
  const attribute = Object.entries(settings).map(([key, value]) => setting(key, value));
  return { opType: op, input: inputs, output: outputs, name: name ?? '', attribute, domain };
}

export function valueInfo(name: string, dims: readonly (number | null)[], elemType = 1) {
  const dim = dims.map((size) => (size === null ? { dimParam: 'any' } : { dimValue: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function setting(name: string, value: Setting) {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  if (Array.isArray(value)) return { name, type: 7, ints: value as number[] };
  return { name, type: 4, t: tensor('', value as Weight) };
}

export function tensor(name: string, { dims, values, type = 1 }: Weight) {
  const numbers = Array.from(values);
  const raw =
    type === 7
      ? BigInt64Array.from(numbers, (value) => BigInt(value))
      : type === 11
        ? Float64Array.from(numbers)
        : type === 10 || type === 16
          ? Uint16Array.from(numbers)
          : Float32Array.from(numbers);
  return { name, dims, dataType: type, rawData: new Uint8Array(raw.buffer) };
}

/** Seeded numbers in ±[0.2, 1]. */
export function seeded(dims: readonly number[], seed = 1): Weight {
  const random = seededRandom(seed);
  const count = dims.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, () => {
    const value = 2 * random.uniform() - 1;
    return 0.8 * value + 0.2 * Math.sign(value);
  });
  return { dims, values };
}

/** Numbers above 0. */
export function positive(dims: readonly number[], seed = 1): Weight {
  return { dims, values: Array.from(seeded(dims, seed).values, Math.abs) };
}

export function floats(...values: number[]): Weight {
  return { dims: [values.length], values };
}

export function scalar(value: number): Weight {
  return { dims: [], values: [value] };
}

export function integers(...values: number[]): Weight {
  return { dims: [values.length], values, type: 7 };
}

/** What onnxruntime makes of the file itself. */
export async function original(bytes: Uint8Array, picture: Float32Array, dims: readonly number[]) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const feed = new Tensor('float32', picture, dims);
  const results = await session.run({ [session.inputNames[0]!]: feed });
  const [name] = session.outputNames;
  await session.release();
  const { data, dims: shape } = results[name!]!;
  return { data: data as Float32Array, shape };
}

/** [batch, channels, rows, columns] ← [batch, rows, columns, channels] */
const TO_PLANES = [0, 3, 1, 2];

/**
 * The imported network's output by both engines, rank 4 as [batch, channels, rows, columns].
 * @param picture planes, [1, channels, rows, columns]
 */
export async function byBothEngines(
  imported: Imported,
  picture: Float32Array,
  planes: readonly number[],
): Promise<{ onnx: Float32Array; tensorflow: Float32Array; shape: readonly number[] }> {
  const { graph, output } = imported;
  const part = slice(graph, [output]);
  await imported.weights.ready(weightsOf(part));
  const program = await onnxCompiler({ threads: 1 }).compile({ graph: part, outputs: [output] });
  const feeds = new Map([[INPUT, { shape: planes, data: picture }]]);
  const { data, shape } = (await program.run(feeds)).get(output)!;
  await program.dispose();
  const tf = await plainTensorflow();
  const tensorflow = tf.tidy(() => {
    const x = tf.transpose(tf.tensor(picture, [...planes]), [0, 2, 3, 1]);
    const y = run(tf, part, output, { [INPUT]: x });
    return (y.rank === 4 ? tf.transpose(y, TO_PLANES) : y).dataSync() as Float32Array;
  });
  return { onnx: data, tensorflow, shape };
}

/** That the network computes what onnxruntime computes from the file itself. */
export async function expectSame(
  bytes: Uint8Array,
  dims: readonly number[] = [1, 3, 6, 7],
  beside: Beside = nothingBeside,
): Promise<Imported> {
  const picture = Float32Array.from(seeded(dims, 7).values);
  const expected = await original(bytes, picture, dims);
  const imported = await readOnnx(bytes, beside);
  const isPlanes = dims[1] === imported.graph.nodes.get(INPUT)!.attributes['shape']![3 as never];
  const planes = isPlanes ? dims : [1, dims[3]!, dims[1]!, dims[2]!];
  const ours = await byBothEngines(imported, isPlanes ? picture : planesOf(picture, dims), planes);
  expect(ours.shape).toEqual(expected.shape);
  expect(worst(ours.onnx, expected.data)).toBeLessThan(1e-5);
  expect(worst(ours.tensorflow, expected.data)).toBeLessThan(1e-5);
  return imported;
}

function planesOf(picture: Float32Array, [, rows, columns, channels]: readonly number[]) {
  const planes = new Float32Array(picture.length);
  const cells = rows! * columns!;
  picture.forEach((value, index) => {
    planes[(index % channels!) * cells + Math.floor(index / channels!)] = value;
  });
  return planes;
}

/** The largest difference, over the largest value. */
export function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let [difference, most] = [0, 1e-6];
  for (let index = 0; index < expected.length; index++) {
    difference = Math.max(difference, Math.abs(found[index]! - expected[index]!));
    most = Math.max(most, Math.abs(expected[index]!));
  }
  return difference / most;
}
