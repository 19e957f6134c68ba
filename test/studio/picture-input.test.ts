/** From pictures to what networks were trained on. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { INPUT } from '../../src/importers/imported.ts';
import { modelFileSchema } from '../../src/studio/model-file.ts';
import { withPicture } from '../../src/studio/picture-input.ts';
import type { PictureInput } from '../../src/studio/picture-input.ts';
import { valuesOf } from '../helpers/graphs.ts';

/** A network that gives twice its input. */
function network(channels: number): Graph {
  const builder = new GraphBuilder();
  const input = builder.input(INPUT, [1, null, null, channels]);
  builder.add('mul', [input, builder.scalar(2)], {}, 'twice');
  return builder;
}

/** What it sees of a pixel of red 255, green 51 and blue 0. */
async function seen(channels: number, input: PictureInput): Promise<number[]> {
  const picture = { rows: 1, columns: 1, data: Float32Array.of(255, 51, 0) };
  const [twice] = await valuesOf(withPicture(network(channels), input), ['twice'], picture);
  return [...twice!.data].map((value) => value / 2);
}

const rgb = { channelOrder: 'rgb' } as const;

describe('a picture becomes', () => {
  it.each<[string, number, PictureInput, number[]]>([
    ['a range', 3, { ...rgb, range: [-1, 1] }, [1, -0.6, -1]],
    ['blue first', 3, { channelOrder: 'bgr', range: [0, 255] }, [0, 51, 255]],
    ['grey', 1, { ...rgb, range: [0, 1] }, [0.299 + 0.2 * 0.587]],
    ['less than a mean', 3, { ...rgb, range: [0, 255], mean: 117 }, [138, -66, -117]],
    [
      'normalised, channel by channel, in the order of the network',
      3,
      { channelOrder: 'bgr', range: [0, 1], mean: [0.5, 0.1, 0.2], std: [0.5, 0.1, 0.4] },
      [-1, 1, 2],
    ],
    [
      'of one mean, many deviations',
      3,
      { ...rgb, range: [0, 1], mean: 1, std: [1, 2, 4] },
      [0, -0.4, -0.25],
    ],
  ])('%s', async (_title, channels, input, expected) => {
    const found = await seen(channels, input);
    expect(found).toHaveLength(expected.length);
    found.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 4);
    });
  });

  it('nothing that the network cannot take', () => {
    expect(() => withPicture(network(4), { ...rgb, range: [0, 1] })).toThrow(
      'the network takes pictures of 4 channels; expected 3, or 1 for grey',
    );
    expect(() => withPicture(network(3), { ...rgb, range: [0, 1], mean: [1, 2] })).toThrow(
      'gives a mean or std of 2 channels; the network takes 3',
    );
  });
});

it('model.json says how, and says rgb by saying nothing', () => {
  const file = { title: 'a', source: { file: 'a.h5' }, licence: 'MIT', defaultLayer: 'x' };
  const inputOf = (input: unknown) => modelFileSchema.safeParse({ ...file, input });
  expect(inputOf({ range: [0, 1] }).data!.input).toEqual({ channelOrder: 'rgb', range: [0, 1] });
  const all = { channelOrder: 'bgr', range: [0, 255], mean: [104, 117, 123], std: 1 };
  expect(inputOf(all).data!.input).toEqual(all);
  for (const wrong of [{ std: 0 }, { std: [1, 1, 1, 1] }, { mean: [] }, { channelOrder: 'gbr' }]) {
    expect(inputOf({ range: [0, 1], ...wrong }).success).toBe(false);
  }
});
