/** What networks are mostly trained on: the ways in which pictures of 0..255 are brought to them. */
import { createImage } from '../../dream/image.ts';
import type { Image } from '../../dream/image.ts';
import type { PictureInput } from '../picture-input.ts';

export interface InputGuess {
  /** In words: '-1..1'. */
  readonly title: string;
  readonly input: PictureInput;
}

type Means = PictureInput['mean'];

/** The most usual first: where nothing tells, the first that makes sense is taken. */
const usual: readonly PictureInput[] = [
  { range: [0, 1], channelOrder: 'rgb' },
  { range: [-1, 1], channelOrder: 'rgb' },
  { range: [0, 255], channelOrder: 'rgb' },
  // PyTorch's models.
  {
    ...{ range: [0, 1], channelOrder: 'rgb' },
    ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  // Caffe's, and those of Keras that came from there.
  { range: [0, 255], channelOrder: 'rgb', mean: [123.68, 116.779, 103.939] },
];

/** The guesses for a network of so many channels, each as red first and as blue first. */
export function inputGuesses(channels: number): InputGuess[] {
  const inputs =
    channels === 1
      ? usual.filter(({ mean }) => mean === undefined)
      : usual.flatMap((input) => [input, blueFirst(input)]);
  return inputs.map((input) => ({ title: titleOf(input), input }));
}

export function titleOf({ range: [low, high], channelOrder, mean, std }: PictureInput): string {
  const list = (values: Means): string => [values].flat().join(' ');
  const parts = [
    `${low}..${high}`,
    ...(mean === undefined ? [] : [`less ${list(mean)}`]),
    ...(std === undefined ? [] : [`by ${list(std)}`]),
    ...(channelOrder === 'bgr' ? ['blue first'] : []),
  ];
  return parts.join(', ');
}

/** A picture of 0..255 as a network of three channels is to see it; grey is three alike. */
export function seenAs(picture: Image, input: PictureInput): Image {
  const { rows, columns } = picture;
  const { range, channelOrder, mean, std } = input;
  const [low, high] = range;
  const seen = createImage(rows, columns);
  const cells = rows * columns;
  for (let channel = 0; channel < 3; channel++) {
    const from = (channelOrder === 'bgr' ? 2 - channel : channel) * cells;
    const by = at(std, channel) ?? 1;
    const scale = (high - low) / 255 / by;
    const offset = (low - (at(mean, channel) ?? 0)) / by;
    for (let cell = 0; cell < cells; cell++) {
      seen.data[channel * cells + cell] = picture.data[from + cell]! * scale + offset;
    }
  }
  return seen;
}

function at(values: Means, channel: number): number | undefined {
  return typeof values === 'number' ? values : values?.[channel];
}

function blueFirst({ range, mean, std }: PictureInput): PictureInput {
  const turned = (values: readonly number[] | number): number | number[] =>
    typeof values === 'number' ? values : [...values].reverse();
  return {
    ...{ range, channelOrder: 'bgr' },
    ...(mean === undefined ? {} : { mean: turned(mean) }),
    ...(std === undefined ? {} : { std: turned(std) }),
  };
}
