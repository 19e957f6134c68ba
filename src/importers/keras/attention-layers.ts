/** Attention: each cell becomes a mean of all cells, weighted by how well they answer it. */
import type { NodeRef, Shape } from '../../graph/graph.ts';
import type { LayerCall, WeightRule } from './layer-call.ts';

const PROJECTIONS = ['query', 'key', 'value', 'attention_output'] as const;

export const ATTENTION_WEIGHTS: readonly WeightRule[] = PROJECTIONS.flatMap((part) => [
  `${part}/kernel`,
  [`${part}/bias`, 'use_bias'] as const,
]);

/** The layers inside, as attributes of the class. */
export const ATTENTION_PARTS = {
  query: 'query_dense',
  key: 'key_dense',
  value: 'value_dense',
  attention_output: 'output_dense',
};

/**
 * inputs: query · value · optional key (value where there is none).
 * query/kernel, key/kernel [channels, heads, key_dim] · value/kernel [channels, heads, value_dim] ·
 * attention_output/kernel [heads, value_dim, …output], each with a bias as wide as what it gives.
 */
export function multiHeadAttention(call: LayerCall): NodeRef {
  const { builder } = call;
  refuseMasks(call);
  checkAxes(call);
  const [query, value, key] = operandsOf(call);
  const heads = call.number('num_heads');
  const keySize = call.number('key_dim');
  const valueSize = call.number('value_dim', keySize);
  // [heads, cells, key_dim] · [heads, key_dim, cells] · [heads, cells, value_dim]
  const queries = projected(call, 'query', query, [heads, keySize], [1, 0, 2]);
  const keys = projected(call, 'key', key, [heads, keySize], [1, 2, 0]);
  const values = projected(call, 'value', value, [heads, valueSize], [1, 0, 2]);
  const scale = builder.scalar(1 / Math.sqrt(keySize));
  const scores = builder.add('matMul', [builder.add('mul', [queries, scale]), keys]);
  const means = builder.add('matMul', [builder.add('softmax', [scores]), values]);
  const cells = builder.add('transpose', [means], { order: [1, 0, 2] });
  const width = heads * valueSize;
  const joined = builder.add('reshape', [cells], { shape: [1, cellsOf(call, query), width] });
  return output(call, joined, [heads, valueSize]);
}

function operandsOf(call: LayerCall): [query: NodeRef, value: NodeRef, key: NodeRef] {
  const [query, value, key = value, ...others] = call.inputs.map((input) => flat(call, input));
  if (query !== undefined && value !== undefined && key !== undefined && others.length === 0) {
    return [query, value, key];
  }
  throw call.bad(`has ${call.inputs.length} inputs, expected a query, a value and perhaps a key`);
}

/** [1, cells, channels] */
function flat(call: LayerCall, ref: NodeRef): NodeRef {
  const shape = call.builder.shapeOf(ref);
  if (shape.length === 3) return ref;
  if (shape.length !== 4 || call.shared.channelsFirst) {
    throw call.unsupported(`attention over [${shape.map((size) => size ?? 'any').join(', ')}]`);
  }
  const [, rows, columns, channels] = shape;
  const cells = rows === null || columns === null ? null : rows! * columns!;
  return call.builder.add('reshape', [ref], { shape: [1, cells, channels!] });
}

function cellsOf(call: LayerCall, ref: NodeRef): number | null {
  return call.builder.shapeOf(ref)[1]!;
}

/** x · kernel + bias, as [cells, heads, size] in that order. */
function projected(
  call: LayerCall,
  part: string,
  x: NodeRef,
  [heads, size]: readonly [number, number],
  order: readonly number[],
): NodeRef {
  const { builder } = call;
  const kernel = call.weight(`${part}/kernel`, [builder.shapeOf(x)[2]!, heads, size]);
  const width = heads * size;
  const weights = call.constant(`${part}/kernel`, { ...kernel, shape: [kernel.shape[0]!, width] });
  const product = withBias(call, part, builder.add('matMul', [x, weights]), [heads, size]);
  const shape = [cellsOf(call, x), heads, size];
  return builder.add('transpose', [builder.add('reshape', [product], { shape })], { order });
}

function withBias(
  call: LayerCall,
  part: string,
  x: NodeRef,
  shape: readonly number[],
  name?: string,
): NodeRef {
  if (!call.flag('use_bias', true)) return x;
  const bias = { ...call.weight(`${part}/bias`, shape), shape: [productOf(shape)] };
  return call.builder.add('add', [x, call.constant(`${part}/bias`, bias)], {}, name);
}

/** As many channels as the query has, or `output_shape`; rows and columns again where it had them. */
function output(call: LayerCall, x: NodeRef, [heads, size]: readonly [number, number]): NodeRef {
  const { builder } = call;
  const shape = builder.shapeOf(call.inputs[0]!);
  const wanted = ([call.config['output_shape'] ?? shape.at(-1)] as unknown[]).flat();
  if (wanted.length === 0 || !wanted.every((width) => typeof width === 'number')) {
    throw call.bad(`has output_shape = ${JSON.stringify(wanted)}, expected numbers`);
  }
  const part = 'attention_output';
  const kernel = call.weight(`${part}/kernel`, [heads, size, ...wanted]);
  const width = productOf(wanted);
  const weights = call.constant(`${part}/kernel`, { ...kernel, shape: [heads * size, width] });
  const inPlace = wanted.length === 1 && shape.length === 3;
  const name = inPlace ? call.output : undefined;
  const hasBias = call.flag('use_bias', true);
  const product = builder.add('matMul', [x, weights], {}, hasBias ? undefined : name);
  const sum = withBias(call, part, product, wanted, name);
  if (inPlace) return sum;
  const result: Shape = [...shape.slice(0, -1), ...wanted];
  if (result.filter((length) => length === null).length > 1) {
    throw call.unsupported('attention over rows and columns of any number');
  }
  return builder.add('reshape', [sum], { shape: result }, call.output);
}

/** Dot products of query and key weigh the value. inputs: query · value · optional key. */
export function attention(call: LayerCall): NodeRef {
  const { builder } = call;
  refuseMasks(call);
  if (call.flag('causal', false)) throw call.unsupported('causal = true');
  const mode = call.text('score_mode', 'dot');
  if (mode !== 'dot') throw call.unsupported(`score_mode '${mode}'`);
  const [query, value, key] = operandsOf(call);
  if (call.rank !== 3) throw call.unsupported(`attention over ${call.rank} axes`);
  const turned = builder.add('transpose', [key], { order: [0, 2, 1] });
  const products = builder.add('matMul', [query, turned]);
  const scores = call.flag('use_scale', false)
    ? builder.add('mul', [products, call.constant('scale', call.weight('scale', []))])
    : products;
  return builder.add('matMul', [builder.add('softmax', [scores]), value], {}, call.output);
}

const MASKS = ['attention_mask', 'use_causal_mask', 'query_mask', 'value_mask', 'key_mask', 'mask'];

function refuseMasks(call: LayerCall): void {
  for (const mask of MASKS) {
    const given = ([call.config[mask] ?? false].flat() as unknown[]).some(Boolean);
    if (given) throw call.unsupported(`attention with ${mask}`);
  }
}

/** Attention must be over all axes between the batch and the channels. */
function checkAxes(call: LayerCall): void {
  const written = call.config['attention_axes'] ?? null;
  if (written === null) return;
  const axes = ([written].flat() as number[]).map((axis) => (axis < 0 ? axis + call.rank : axis));
  const all = Array.from({ length: call.rank - 2 }, (_, index) => index + 1);
  if (axes.sort((a, b) => a - b).join() !== all.join()) {
    throw call.unsupported(`attention_axes = ${JSON.stringify(written)}`);
  }
}

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
