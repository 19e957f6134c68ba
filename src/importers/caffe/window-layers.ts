/** Convolutions, dense layers, pools. */
import type { LayerCall } from './layer-call.ts';

/** filter [outputs, channels / group, rows, columns] · bias [outputs] */
export function convolution(call: LayerCall): void {
  const of = (option: string, otherwise: number): [number, number] =>
    call.pair('convolution_param', option, otherwise);
  const kernel = call.blob(0);
  const [top, left] = of('pad', 0);
  const inputs = [call.input, kernel.name];
  if (call.blobs > 1) inputs.push(call.blob(1).flat());
  call.give(
    'Conv',
    {
      group: call.number('convolution_param', 'group', 1),
      strides: of('stride', 1),
      dilations: of('dilation', 1),
      pads: [top, left, top, left],
    },
    inputs,
  );
}

/** weights [outputs, inputs] · bias [outputs] */
export function innerProduct(call: LayerCall): void {
  const axis = call.number('inner_product_param', 'axis', 1);
  const straight = call.option('inner_product_param', 'transpose') === true;
  const flat = call.inner('Flatten', { axis }, [call.input]);
  const inputs = [flat, call.blob(0).matrix()];
  if (call.blobs > 1) inputs.push(call.blob(1).flat());
  call.give('Gemm', { transB: straight ? 0 : 1 }, inputs);
}

/** Sizes round up here; a window over the border counts the padding, but nothing beyond it. */
export function pooling(call: LayerCall): void {
  const kinds = ['MaxPool', 'AveragePool'] as const;
  const kind = kinds[call.number('pooling_param', 'pool', 0)];
  if (!kind) throw call.unsupported('stochastic pooling');
  if (call.option('pooling_param', 'global_pooling') === true) {
    call.give(`Global${kind}`);
    return;
  }
  const of = (option: string, otherwise: number): [number, number] =>
    call.pair('pooling_param', option, otherwise);
  const [top, left] = of('pad', 0);
  call.give(kind, {
    kernel_shape: call.pair('pooling_param', 'kernel', 0, 'kernel_size'),
    strides: of('stride', 1),
    pads: [top, left, top, left],
    ceil_mode: call.number('pooling_param', 'round_mode', 0) === 0 ? 1 : 0,
    count_include_pad: 1,
  });
}

export function localResponse(call: LayerCall): void {
  if (call.number('lrn_param', 'norm_region', 0) !== 0) {
    throw call.unsupported('norm_region WITHIN_CHANNEL');
  }
  call.give('LRN', {
    size: call.number('lrn_param', 'local_size', 5),
    alpha: call.number('lrn_param', 'alpha', 1),
    beta: call.number('lrn_param', 'beta', 0.75),
    bias: call.number('lrn_param', 'k', 1),
  });
}
