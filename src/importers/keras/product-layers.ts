/** Products along axes that are named: Dot, EinsumDense. */
import type { NodeRef, Shape } from '../../graph/graph.ts';
import type { LayerCall } from './layer-call.ts';

/** Of two inputs, [batch, …], along one axis of each. */
export function dot(call: LayerCall): NodeRef {
  const { builder, inputs } = call;
  const [a, b, ...others] = inputs;
  if (a === undefined || b === undefined || others.length > 0) {
    throw call.bad(`has ${inputs.length} inputs, expected 2`);
  }
  const written = [call.config['axes'] ?? 1].flat() as unknown[];
  const [first, second = first] = written;
  const ranks = [a, b].map((ref) => builder.shapeOf(ref).length) as [number, number];
  const axes = [first, second].map((axis, index) => {
    const counted = typeof axis === 'number' && axis < 0 ? axis + ranks[index]! : axis;
    const fits = counted === 1 || (counted === 2 && ranks[index] === 3);
    if (fits && ranks[index]! <= 3) return counted;
    throw call.unsupported(
      `a product of ${ranks.join(' and ')} axes along ${JSON.stringify(written)}`,
    );
  }) as [number, number];
  const left = matrix(call, a, axes[0], 2);
  const right = matrix(call, b, axes[1], 1);
  const rest = [...restOf(builder.shapeOf(a), axes[0]), ...restOf(builder.shapeOf(b), axes[1])];
  if (rest.length === 2) return builder.add('matMul', [left, right], {}, call.output);
  const product = builder.add('matMul', [left, right]);
  const shape = [1, ...(rest.length === 0 ? [1] : rest)];
  return builder.add('reshape', [product], { shape }, call.output);
}

function restOf(shape: Shape, axis: number): Shape {
  return shape.filter((_, index) => index !== 0 && index !== axis);
}

/** [1, rows, columns], with what is summed along `place`; of length 1 where `normalize` says so. */
function matrix(call: LayerCall, ref: NodeRef, axis: number, place: 1 | 2): NodeRef {
  const { builder } = call;
  const x = call.flag('normalize', false) ? ofLengthOne(call, ref, axis) : ref;
  const shape = builder.shapeOf(x);
  if (shape.length === 3) {
    return axis === place ? x : builder.add('transpose', [x], { order: [0, 2, 1] });
  }
  const wide = place === 2 ? [1, 1, shape[1]!] : [1, shape[1]!, 1];
  return builder.add('reshape', [x], { shape: wide });
}

/** x / √max(Σ x², 1e-12) along an axis. */
export function ofLengthOne(
  { builder }: LayerCall,
  x: NodeRef,
  axis: number,
  name?: string,
): NodeRef {
  const over = { axes: [axis], keepDimensions: true };
  const squares = builder.add('reduceSum', [builder.add('square', [x])], over);
  const limited = builder.add('clip', [squares], { low: 1e-12, high: 3.4028234663852886e38 });
  return builder.add('div', [x, builder.add('sqrt', [limited])], {}, name);
}

interface Equation {
  /** Letters for the axes of the input, the kernel and the output. */
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
}

/** kernel and bias as the equation says: `abc,cd->abd` is a dense layer. */
export function einsumDense(call: LayerCall): NodeRef {
  const { builder } = call;
  const equation = equationOf(call);
  const { input, kernel, output } = equation;
  const summed = kernel.filter((letter) => input.includes(letter));
  const kept = input.filter((letter) => !summed.includes(letter));
  const made = kernel.slice(summed.length);
  const sizes = new Map(input.map((letter, axis) => [letter, builder.shapeOf(call.input)[axis]!]));
  const weights = call.weight(
    'kernel',
    kernel.map((letter) => sizes.get(letter) ?? null),
  );
  kernel.forEach((letter, axis) => sizes.set(letter, weights.shape[axis]!));
  const [inputs, outputs] = [summed, made].map((letters) =>
    letters.reduce((product, letter) => product * sizes.get(letter)!, 1),
  ) as [number, number];
  const rows = arranged(
    call,
    call.input,
    [...kept, ...summed].map((letter) => input.indexOf(letter)),
  );
  const flat = shaped(call, rows, [1, null, inputs]);
  const matrix = call.constant('kernel', { ...weights, shape: [inputs, outputs] });
  const given = [...kept, ...made];
  const product = builder.add('matMul', [flat, matrix]);
  const wide = shaped(
    call,
    product,
    given.map((letter) => sizes.get(letter)!),
  );
  const turned = arranged(
    call,
    wide,
    output.map((letter) => given.indexOf(letter)),
  );
  return call.activate((name) => {
    const bias = biasOf(call, equation, sizes);
    if (bias !== null) return builder.add('add', [turned, bias], {}, name);
    return name === undefined ? turned : shapedAs(call, turned, name);
  });
}

export function einsumWeights(config: Readonly<Record<string, unknown>>): readonly string[] {
  return (config['bias_axes'] ?? null) === null ? ['kernel'] : ['kernel', 'bias'];
}

/** Every letter once in each part; the kernel's first axes are summed, all others kept. */
function equationOf(call: LayerCall): Equation {
  const written = call.text('equation', '');
  const free = Array.from('αβγδ').slice(0, call.rank);
  const [left = '', right = '', result = ''] = written.replace(/\s/g, '').split(/,|->/);
  const hidden = free.slice(0, call.rank - left.replace('...', '').length).join('');
  const [input, kernel, output] = [left, right, result].map((letters) =>
    Array.from(letters.replace('...', hidden)),
  ) as [string[], string[], string[]];
  const summed = kernel.filter((letter) => input.includes(letter));
  const kept = input.filter((letter) => !summed.includes(letter));
  const made = kernel.slice(summed.length);
  const fits =
    /^[.a-z]+,[a-z]+->[.a-z]+$/i.test(written.replace(/\s/g, '')) &&
    [input, kernel, output].every((letters) => new Set(letters).size === letters.length) &&
    input.length === call.rank &&
    input[0] === output[0] &&
    kept[0] === input[0] &&
    made.every((letter) => !input.includes(letter)) &&
    [...kept, ...made].sort().join() === [...output].sort().join();
  if (fits && output.length <= 4) return { input, kernel, output };
  throw call.unsupported(`the equation ${JSON.stringify(written.slice(0, 60))}`);
}

/** bias_axes: letters of the output; the axes behind the first of them that it does not name are 1. */
function biasOf(
  call: LayerCall,
  { output }: Equation,
  sizes: ReadonlyMap<string, number | null>,
): NodeRef | null {
  const named = call.config['bias_axes'] ?? null;
  if (typeof named !== 'string') return null;
  const first = output.findIndex((letter) => named.includes(letter));
  const own = output
    .slice(first)
    .map((letter) => (named.includes(letter) ? sizes.get(letter)! : 1));
  const bias = call.weight('bias', own);
  const missing = output.length - bias.shape.length;
  return call.constant('bias', {
    ...bias,
    shape: [...Array<number>(missing).fill(1), ...bias.shape],
  });
}

function arranged({ builder }: LayerCall, x: NodeRef, order: readonly number[]): NodeRef {
  if (order.every((axis, index) => axis === index)) return x;
  return builder.add('transpose', [x], { order });
}

function shaped(call: LayerCall, x: NodeRef, shape: Shape): NodeRef {
  const found = call.builder.shapeOf(x);
  if (found.length === shape.length && found.length === 3) return x;
  if (shape.filter((size) => size === null).length > 1) {
    throw call.unsupported('an input of which several sizes depend on the picture');
  }
  return call.builder.add('reshape', [x], { shape });
}

function shapedAs({ builder }: LayerCall, x: NodeRef, name: string): NodeRef {
  return builder.add('reshape', [x], { shape: builder.shapeOf(x) }, name);
}
