/** Activation functions by the names that Keras gives them. */
import type { Attributes, NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import type { ShapedBuilder } from './shaped-builder.ts';

/** Adds an activation of `x`, its last node under `name`. */
type Activation = (builder: ShapedBuilder, x: NodeRef, name: string | undefined) => NodeRef;

/** To add one: a line here. `linear` is none at all. */
const activations = new Map<string, Activation>([
  ['relu', op('relu')],
  ['relu6', op('clip', { low: 0, high: 6 })],
  ['sigmoid', op('sigmoid')],
  ['softmax', op('softmax')],
  ['tanh', op('tanh')],
  ['exponential', op('exp')],
  ['softplus', softplus],
  ['elu', (builder, x, name) => elu(builder, x, 1, name)],
  ['selu', selu],
  ['softsign', softsign],
  ['leaky_relu', (builder, x, name) => leakyRelu(builder, x, builder.scalar(0.2), name)],
  ['silu', timesItself(op('sigmoid'))],
  ['swish', timesItself(op('sigmoid'))],
  ['hard_sigmoid', hardSigmoid(1 / 6)],
  ['hard_sigmoid of Keras 2', hardSigmoid(0.2)],
  ['hard_silu', timesItself(hardSigmoid(1 / 6))],
  ['hard_swish', timesItself(hardSigmoid(1 / 6))],
  ['gelu', timesItself(normalShare)],
  ['gelu by tanh', timesItself(normalShareByTanh)],
  ['mish', timesItself(tanhOfSoftplus)],
]);

/** Adds an activation as a node of its own. @throws DreamError 'unsupported-op' */
export function addActivation(
  builder: ShapedBuilder,
  activation: string,
  x: NodeRef,
  name?: string,
): NodeRef {
  const found = activations.get(activation);
  if (found) return found(builder, x, name);
  throw new DreamError(
    'unsupported-op',
    `${builder.place}: the activation '${activation}' is not supported; ` +
      `supported: linear, ${[...activations.keys()].join(', ')}`,
  );
}

/** x where it is positive, else slope · x; as max(x, 0) − slope · max(−x, 0). */
export function leakyRelu(
  builder: ShapedBuilder,
  x: NodeRef,
  slope: NodeRef,
  name: string | undefined,
): NodeRef {
  const below = builder.add('mul', [negativePart(builder, x), slope]);
  return builder.add('sub', [builder.add('relu', [x]), below], {}, name);
}

/** x where it is positive, else alpha · (eˣ − 1). */
export function elu(
  builder: ShapedBuilder,
  x: NodeRef,
  alpha: number,
  name: string | undefined,
): NodeRef {
  const negative = builder.add('mul', [negativePart(builder, x), builder.scalar(-1)]);
  const below = builder.add('sub', [builder.add('exp', [negative]), builder.scalar(1)]);
  const scaled = builder.add('mul', [below, builder.scalar(alpha)]);
  return builder.add('add', [builder.add('relu', [x]), scaled], {}, name);
}

/** max(−x, 0) */
function negativePart(builder: ShapedBuilder, x: NodeRef): NodeRef {
  return builder.add('relu', [builder.add('mul', [x, builder.scalar(-1)])]);
}

function selu(builder: ShapedBuilder, x: NodeRef, name?: string): NodeRef {
  const inner = elu(builder, x, 1.6732632423543772, undefined);
  return builder.add('mul', [inner, builder.scalar(1.0507009873554805)], {}, name);
}

/** x / (1 + |x|) */
function softsign(builder: ShapedBuilder, x: NodeRef, name?: string): NodeRef {
  const size = builder.add('add', [builder.add('relu', [x]), negativePart(builder, x)]);
  return builder.add('div', [x, builder.add('add', [size, builder.scalar(1)])], {}, name);
}

function op(kind: string, attributes: Attributes = {}): Activation {
  return (builder, x, name) => builder.add(kind, [x], attributes, name);
}

function timesItself(gate: Activation): Activation {
  return (builder, x, name) => builder.add('mul', [x, gate(builder, x, undefined)], {}, name);
}

/** max(0, min(1, slope · x + 1/2)) */
function hardSigmoid(slope: number): Activation {
  return (builder, x, name) => {
    const scaled = builder.add('mul', [x, builder.scalar(slope)]);
    const shifted = builder.add('add', [scaled, builder.scalar(0.5)]);
    return builder.add('clip', [shifted], { low: 0, high: 1 }, name);
  };
}

/** log(1 + eˣ), as max(x, 0) + log(1 + e^−|x|) */
export function softplus(builder: ShapedBuilder, x: NodeRef, name?: string): NodeRef {
  const positive = builder.add('relu', [x]);
  const size = builder.add('sub', [builder.add('add', [positive, positive]), x]);
  const shrunk = builder.add('exp', [builder.add('mul', [size, builder.scalar(-1)])]);
  const rest = builder.add('log', [builder.add('add', [shrunk, builder.scalar(1)])]);
  return builder.add('add', [positive, rest], {}, name);
}

function tanhOfSoftplus(builder: ShapedBuilder, x: NodeRef): NodeRef {
  return builder.add('tanh', [softplus(builder, x)]);
}

/** (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2 */
function normalShareByTanh(builder: ShapedBuilder, x: NodeRef): NodeRef {
  const cube = builder.add('mul', [builder.add('square', [x]), x]);
  const bent = builder.add('add', [x, builder.add('mul', [cube, builder.scalar(0.044715)])]);
  const scaled = builder.add('mul', [bent, builder.scalar(Math.sqrt(2 / Math.PI))]);
  const sum = builder.add('add', [builder.add('tanh', [scaled]), builder.scalar(1)]);
  return builder.add('mul', [sum, builder.scalar(0.5)]);
}

/** The share of a normal distribution below x: (1 + erf(x / √2)) / 2. */
function normalShare(builder: ShapedBuilder, x: NodeRef): NodeRef {
  const scaled = builder.add('mul', [x, builder.scalar(Math.SQRT1_2)]);
  const sum = builder.add('add', [builder.add('erf', [scaled]), builder.scalar(1)]);
  return builder.add('mul', [sum, builder.scalar(0.5)]);
}
