/** Transposed convolutions. */
import { spread } from '../spread-filter.ts';
import { MOST_TIMES } from '../transposed-window.ts';
import { transposedConstant } from './arrange.ts';
import type { NodeCall } from './node-call.ts';
import { CHANNELS_LAST, cellsOf } from './value.ts';
import type { Tensor } from './value.ts';
import { biasOf, explicitPadding } from './window-nodes.ts';

/** x · filter [channels, outputs / groups, rows, columns] · optional bias [outputs] */
export function transposedConvolution(call: NodeCall): Tensor {
  const x = call.picture(0);
  const { constant } = call.constant(1);
  const { shape } = constant;
  const groups = call.number('group', 1);
  const [channels, outputs, rows, columns] = shape as [number, number, number, number];
  if (shape.length !== 4 || cellsOf(shape) === 0 || x.dims[1] !== channels || channels % groups) {
    throw call.bad(
      `has ${groups} groups and a filter of [${shape.join(', ')}], its input has ${x.dims[1]!} channels`,
    );
  }
  const dilations = call.pair('dilations', [1, 1]);
  const strides = call.pair('strides', [1, 1]);
  if (Math.max(...strides) > MOST_TIMES) throw call.bad(`has strides = ${strides.join(', ')}`);
  const plain = transposedConstant(constant, [2, 3, 1, 0]);
  const isSpread = dilations.some((dilation) => dilation !== 1);
  const wide = spread(plain, dilations);
  if (!wide) throw call.unsupported(`dilations = ${dilations.join(', ')}`);
  const filter = isSpread ? wide : { ...plain, outputsFirst: () => constant.read() };
  const size = [(rows - 1) * dilations[0] + 1, (columns - 1) * dilations[1] + 1] as const;
  const inputs = [x.ref, call.added(call.node.inputs[1]!, filter)];
  if (call.has(2)) inputs.push(biasOf(call, outputs * groups));
  const behind = call.ints('output_padding', [0, 0]);
  if (
    behind.length !== 2 ||
    behind.some((cells, axis) => !(cells >= 0 && cells < strides[axis]!))
  ) {
    throw call.unsupported(`output_padding = ${behind.join(', ')}`);
  }
  const padding = cutOf(call, { size, strides, behind }, x.dims);
  const attributes = { size, strides, padding, behind, groups };
  return call.give('conv2dTranspose', inputs, attributes, CHANNELS_LAST);
}

interface Reach {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly behind: readonly number[];
}

/** Cells cut off: said outright, by the size of the output, or (SAME) so that n become n · stride. */
function cutOf(
  call: NodeCall,
  { size, strides, behind }: Reach,
  dims: readonly number[],
): number[] {
  const auto = call.text('auto_pad', 'NOTSET');
  const wanted = call.ints('output_shape', []).slice(-2);
  if (wanted.length === 0 && !auto.startsWith('SAME')) {
    return auto === 'VALID' ? [0, 0, 0, 0] : [...explicitPadding(call)];
  }
  return ([0, 1] as const).flatMap((axis) => {
    const cells = dims[axis + 2]!;
    const reached = (cells - 1) * strides[axis] + size[axis] + behind[axis]!;
    const total = reached - (wanted[axis] ?? cells * strides[axis]);
    if (total < 0) throw call.unsupported(`an output of ${wanted.join(', ')} cells`);
    const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return auto === 'SAME_UPPER' ? [small, large] : [large, small];
  });
}
