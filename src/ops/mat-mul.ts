/** A dense layer's product: x [batch, inputs] · weights [inputs, outputs]. */
import type { OpDefinition } from './op.ts';

export const matMul: OpDefinition = {
  name: 'matMul',
  shape: ([x, weights]) => {
    if (x!.at(-1) !== null && weights![0] !== null && x!.at(-1) !== weights![0]) {
      throw new Error(`matMul: ${x!.at(-1)!} inputs meet weights for ${weights![0]!}`);
    }
    return [...x!.slice(0, -1), weights!.at(-1)!];
  },
  tensorflow: (tf, [x, weights]) => tf.matMul(x!, weights!),
  onnx: (emit, { inputs }) => emit.node('MatMul', inputs),
  backward: ({ builder, x, dy, wants }) => {
    const turned = (ref: string): string => builder.add('transpose', [ref], { order: [1, 0] });
    return [
      wants(0) ? builder.add('matMul', [dy, turned(x[1]!)]) : null,
      wants(1) ? builder.add('matMul', [turned(x[0]!), dy]) : null,
    ];
  },
};
