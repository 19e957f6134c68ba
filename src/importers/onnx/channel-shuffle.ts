/**
 * ShuffleNet's way of mixing groups of channels: [rows, columns, groups · each] as [groups, each],
 * turned, and flat again. Reshapes to five axes know one size of picture only; as a convolution
 * by a permutation it is the same for pictures of any size.
 */
import type { NodeRef, Shape } from '../../graph/graph.ts';
import type { StoredConstant } from '../weights.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { sameNumbers } from './value.ts';

const TURNED = [0, 1, 2, 4, 3];

/** @returns null where a reshape of `ref` to `shape` is no end of a shuffle. */
export function channelShuffle(
  builder: NominalBuilder,
  ref: NodeRef,
  shape: Shape,
  name: string | undefined,
): NodeRef | null {
  const turn = builder.nodes.get(ref);
  const split = turn?.op === 'transpose' ? builder.nodes.get(turn.inputs[0]!) : undefined;
  const x = split?.op === 'reshape' ? split.inputs[0]! : undefined;
  if (x === undefined || shape.length !== 4 || builder.shapeOf(x).length !== 4) return null;
  const [, , , groups, each] = builder.nominalOf(split!.name);
  const [picture, result] = [builder.nominalOf(x), shape as readonly number[]];
  const order = turn!.attributes['order'] as readonly number[];
  if (groups === undefined || each === undefined || !sameNumbers(order, TURNED)) return null;
  if (!sameNumbers(picture, result) || picture[3] !== groups * each) return null;
  const filter = builder.constant(permutation(groups, each));
  const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid', groups: 1 };
  return builder.add('conv2d', [x, filter], window, name);
}

/** [1, 1, channels, outputs]: output e · groups + g is channel g · each + e. */
function permutation(groups: number, each: number): StoredConstant {
  const channels = groups * each;
  const read = (): Float32Array => {
    const values = new Float32Array(channels ** 2);
    for (let group = 0; group < groups; group++) {
      for (let index = 0; index < each; index++) {
        values[(group * each + index) * channels + index * groups + group] = 1;
      }
    }
    return values;
  };
  return { shape: [1, 1, channels, channels], weights: [], read };
}
