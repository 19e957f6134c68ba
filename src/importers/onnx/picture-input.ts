/** How a network's one input lays out its pictures, and how large they are. */
import type { Dimension } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Network, NetworkNode, NetworkValue } from './network.ts';
import { CHANNELS_LAST } from './value.ts';

export interface PictureInput {
  readonly name: string;
  readonly channels: number;
  /** [rows, columns] as the file declares them. */
  readonly size: readonly [Dimension, Dimension];
  /** Which of ONNX's axes are batch, rows, columns and channels. */
  readonly order: readonly number[];
}

const CHANNELS_OF_PICTURES = new Set([1, 3, 4]);
const MOST_CHANNELS = 1024;
const LONGEST_SIDE = 8192;

/** @throws DreamError 'bad-model' where the shape is no picture's. */
export function layoutOf(
  network: Network,
  nodes: readonly NetworkNode[],
  { name, dims }: NetworkValue,
): PictureInput {
  const [, second, rows, columns] = dims ?? [null, null, null, null];
  const isPicture = (size: Dimension | undefined): boolean =>
    typeof size === 'number' && CHANNELS_OF_PICTURES.has(size);
  const last =
    !isPicture(second) && (isPicture(columns) || (second === null && isTransposed(nodes, name)));
  const channels = (last ? columns : second) ?? firstChannels(network, nodes);
  const size = last ? [second!, rows!] : [rows!, columns!];
  const [height, width] = size as [Dimension, Dimension];
  if (channels > MOST_CHANNELS || Math.max(height ?? 1, width ?? 1) > LONGEST_SIDE) {
    const found = dims?.join(', ') ?? '';
    throw new DreamError('bad-model', `the network's input [${found}] is no picture's shape`);
  }
  return { name, channels, size: [height, width], order: last ? [0, 1, 2, 3] : CHANNELS_LAST };
}

/** Whether rows and columns come before the channels until a Transpose turns them. */
function isTransposed(nodes: readonly NetworkNode[], input: string): boolean {
  return nodes.some(({ op, inputs }) => op === 'Transpose' && inputs[0] === input);
}

/** The channels that the first convolution reads. */
function firstChannels(network: Network, nodes: readonly NetworkNode[]): number {
  const convolution = nodes.find(({ op }) => op === 'Conv');
  const filter = network.constants.get(convolution?.inputs[1] ?? '');
  const { group = 1 } = convolution?.attributes ?? {};
  return (filter?.constant.shape[1] ?? 3) * Number(group);
}
