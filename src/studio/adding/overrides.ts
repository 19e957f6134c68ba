/** What somebody says about a network's pictures, in place of what would be found out. */
import type { PictureInput } from '../picture-input.ts';
import { titleOf } from './input-guesses.ts';
import type { InputWay } from './input-way.ts';
import type { Overrides } from './messages.ts';

/** The way, where enough of it was said; null where it has to be found out. */
export function decided({ range, order, mean, std }: Overrides): InputWay | null {
  if (range === undefined && mean === undefined) return null;
  // Means up to 1 are taken from pixels of 0..1, as torchvision's are.
  const usual: [number, number] = Math.max(...(mean ?? [0])) <= 1 ? [0, 1] : [0, 255];
  const input: PictureInput = {
    range: range ? [...range] : usual,
    channelOrder: order ?? 'rgb',
    ...(mean === undefined ? {} : { mean: numbers(mean) }),
    ...(std === undefined ? {} : { std: numbers(std) }),
  };
  return { input, title: titleOf(input), evidence: 'you said so', sure: true };
}

export function withOverrides(way: InputWay, { order, std }: Overrides): InputWay {
  if (order === undefined && std === undefined) return way;
  const input: PictureInput = {
    ...way.input,
    ...(order === undefined ? {} : { channelOrder: order }),
    ...(std === undefined ? {} : { std: numbers(std) }),
  };
  return { ...way, input, title: titleOf(input) };
}

function numbers(values: readonly number[]): number | number[] {
  return values.length === 1 ? values[0]! : [...values];
}
