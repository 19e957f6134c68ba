/** What networks are mostly trained on: the ways in which pictures of 0..255 are brought to them. */
import { createImage } from '../../dream/image.ts';
import type { Image } from '../../dream/image.ts';
import type { PictureInput } from '../picture-input.ts';

export interface InputGuess {
  /** In words: '-1..1'. */
  readonly title: string;
  /** Whose way it is. */
  readonly whose: string;
  readonly input: Required<Pick<PictureInput, 'range' | 'channelOrder'>> & PictureInput;
}

const guesses: readonly InputGuess[] = [
  guess('-1..1', "Keras's MobileNet and Inception, Teachable Machine", [-1, 1]),
  guess('0..1', 'most networks that people train by themselves', [0, 1]),
  guess('0..255', 'networks that scale by themselves, Custom Vision', [0, 255]),
  guess("0..1, less torchvision's mean, by its deviation", 'PyTorch', [0, 1], {
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  }),
  guess("0..255 less ImageNet's mean", "Caffe, Keras's VGG and ResNet", [0, 255], {
    mean: [123.68, 116.779, 103.939],
  }),
];

/**
 * The guesses for a network of so many channels, the most usual first: each as red first, then as
 * blue first.
 */
export function inputGuesses(channels: number): InputGuess[] {
  if (channels === 1) return guesses.filter(({ input }) => !Array.isArray(input.mean));
  return guesses.flatMap((rgb) => [rgb, blueFirst(rgb)]);
}

/** A picture of 0..255 as the network of three channels (grey is all three) is to see it. */
export function seenAs(picture: Image, { range: [low, high], channelOrder, mean, std }: PictureInput): Image {
  const { rows, columns } = picture;
  const seen = createImage(rows, columns);
  const cells = rows * columns;
  const at = (values: PictureInput['mean'], channel: number): number | undefined =>
    typeof values === 'number' ? values : values?.[channel];
  for (let channel = 0; channel < 3; channel++) {
    const from = (channelOrder === 'bgr' ? 2 - channel : channel) * cells;
    const scale = (high - low) / 255 / (at(std, channel) ?? 1);
    const offset = (low - (at(mean, channel) ?? 0)) / (at(std, channel) ?? 1);
    for (let cell = 0; cell < cells; cell++) {
      seen.data[channel * cells + cell] = picture.data[from + cell]! * scale + offset;
    }
  }
  return seen;
}

function guess(
  title: string,
  whose: string,
  range: readonly [number, number],
  more: Pick<PictureInput, 'mean' | 'std'> = {},
): InputGuess {
  return { title, whose, input: { range: [...range], channelOrder: 'rgb', ...more } };
}

function blueFirst({ title, whose, input }: InputGuess): InputGuess {
  const { mean, std } = input;
  const turned = (values: PictureInput['mean']): PictureInput['mean'] =>
    Array.isArray(values) ? [...values].reverse() : values;
  return {
    title: `${title}, blue first`,
    whose,
    input: {
      ...input,
      channelOrder: 'bgr',
      ...(mean === undefined ? {} : { mean: turned(mean)! }),
      ...(std === undefined ? {} : { std: turned(std)! }),
    },
  };
}
