/**
 * A product of matrices: x [… , inputs] · weights [inputs, outputs], or stacks of as many matrices,
 * x [count, rows, inputs] · y [count, inputs, columns].
 *
 * Tensors of rank 4 are pictures, whose channels engines store elsewhere: there the same product is
 * a convolution of 1×1.
 */
import type { Shape } from '../graph/graph.ts';
import { sizeOf } from '../graph/graph.ts';
import type { BackwardContext, OpDefinition } from './op.ts';

export const matMul: OpDefinition = {
  name: 'matMul',
  shape: ([x, y]) => {
    const [inputs, rows] = [sizeOf(x!, -1), sizeOf(y!, -2)];
    if (inputs !== null && rows !== null && inputs !== rows) {
      throw new Error(`matMul: ${inputs} inputs meet weights for ${rows}`);
    }
    const stacks = y!.length === 3 && x!.length === 3 && x![0] === y![0];
    if (!stacks && (y!.length !== 2 || x!.length > 3)) {
      throw new Error(`matMul: [${x!.join(', ')}] and [${y!.join(', ')}] do not fit`);
    }
    return [...x!.slice(0, -1), sizeOf(y!, -1)];
  },
  tensorflow: (tf, [x, y]) => tf.matMul(x!, y!),
  onnx: (emit, { inputs }) => emit.node('MatMul', inputs),
  backward: (context) => {
    const { builder, x, dy, wants } = context;
    const turned = (ref: string): string => builder.add('transpose', [ref], orderOf(context, ref));
    return [
      wants(0) ? builder.add('matMul', [dy, turned(x[1]!)]) : null,
      wants(1) ? builder.add('matMul', [turned(x[0]!), dy]) : null,
    ];
  },
};

/** The last two axes swapped. */
function orderOf({ shapeOf }: BackwardContext, ref: string): { order: readonly number[] } {
  const shape: Shape = shapeOf(ref);
  return { order: shape.length === 3 ? [0, 2, 1] : [1, 0] };
}
