/** Layers that compute cell by cell. */
import type { LayerCall } from './layer-call.ts';

/** mean · variance · what both are to be divided by */
export function batchNorm(call: LayerCall): void {
  const [mean, variance, factor] = [0, 1, 2].map((index) => call.blob(index));
  const divided = (blob: typeof mean): string =>
    blob!.with(factor!, 'divided', (values, [by]) => values.map((value) => (by ? value / by : 0)));
  const { cells } = mean!;
  const inputs = [
    call.input,
    call.filled('ones', cells, 1),
    call.filled('zeros', cells, 0),
    divided(mean),
    divided(variance),
  ];
  call.give(
    'BatchNormalization',
    { epsilon: call.number('batch_norm_param', 'eps', 1e-5) },
    inputs,
  );
}

/** factors [channels] · offsets [channels]; or two inputs, the second a factor for each channel */
export function scale(call: LayerCall): void {
  if (call.inputs.length === 2) {
    if (call.number('scale_param', 'axis', 1) !== 0) throw call.unsupported('two inputs at axis 1');
    const shape = call.numbers('shape', [1, -1, 1, 1]);
    const factors = call.inner('Reshape', {}, [call.inputs[1]!, shape]);
    call.give('Mul', {}, [call.input, factors]);
    return;
  }
  const factors = call.blob(0);
  const offsets = call.blobs > 1 ? call.blob(1).flat() : call.filled('zeros', factors.cells, 0);
  affine(call, factors.flat(), offsets, factors.cells);
}

export function bias(call: LayerCall): void {
  const offsets = call.blob(0);
  affine(call, call.filled('ones', offsets.cells, 1), offsets.flat(), offsets.cells);
}

/** x · factors + offsets, as a normalisation that normalises nothing. */
function affine(call: LayerCall, factors: string, offsets: string, channels: number): void {
  const [none, one] = [call.filled('mean', channels, 0), call.filled('variance', channels, 1)];
  call.give('BatchNormalization', { epsilon: 0 }, [call.input, factors, offsets, none, one]);
}

export function relu(call: LayerCall): void {
  const slope = call.number('relu_param', 'negative_slope', 0);
  if (slope === 0) call.give('Relu');
  else call.give('LeakyRelu', { alpha: slope });
}

export function prelu(call: LayerCall): void {
  const slopes = call.blob(0);
  call.give('PRelu', {}, [call.input, slopes.shaped([slopes.cells, 1, 1])]);
}

/** (shift + scale · x) ^ power */
export function power(call: LayerCall): void {
  const of = (option: string, otherwise: number): number =>
    call.number('power_param', option, otherwise);
  const steps: [op: string, by: number][] = [
    ['Mul', of('scale', 1)],
    ['Add', of('shift', 0)],
    ['Pow', of('power', 1)],
  ];
  const needed = steps.filter(([op, by]) => by !== (op === 'Add' ? 0 : 1));
  let value = call.input;
  needed.forEach(([op, by], index) => {
    const inputs = [value, call.filled(op.toLowerCase(), 1, by)];
    if (index < needed.length - 1) value = call.inner(op, {}, inputs);
    else call.give(op, {}, inputs);
  });
  if (needed.length === 0) call.give('Identity');
}

/** Products, sums with a factor for each input, maxima. */
export function eltwise(call: LayerCall): void {
  const kind = call.number('eltwise_param', 'operation', 1);
  const factors = call.list('eltwise_param', 'coeff');
  if (kind === 0) {
    const [first, ...others] = call.inputs as [string, ...string[]];
    const last = others.pop()!;
    call.give('Mul', {}, [others.reduce((a, b) => call.inner('Mul', {}, [a, b]), first), last]);
    return;
  }
  const scaled = call.inputs.map((input, index) =>
    kind !== 1 || (factors[index] ?? 1) === 1
      ? input
      : call.inner('Mul', {}, [input, call.filled(`factor ${index}`, 1, factors[index]!)]),
  );
  call.give(kind === 1 ? 'Sum' : 'Max', {}, scaled);
}

export function elu(call: LayerCall): void {
  call.give('Elu', { alpha: call.number('elu_param', 'alpha', 1) });
}

export function softmax(call: LayerCall): void {
  call.give('Softmax', { axis: call.number('softmax_param', 'axis', 1) });
}
