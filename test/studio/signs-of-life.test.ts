import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/dream/dream.ts';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import type { Ascent } from '../../src/engines/engine.ts';
import { withSignsOfLife } from '../../src/studio/signs-of-life.ts';

const picture = createImage(1, 1);
const ascent: Ascent = {
  calibrate: () => Promise.resolve(),
  at: () => Promise.resolve({ score: 0, gradient: new Float32Array(3) }),
  dispose: () => Promise.resolve(),
};
const frame: Frame = {
  ...{ octave: 0, octaves: 1, step: 1, steps: 2, score: 0, gradientSeconds: 0, image: picture },
};

/** So many looks before its first step, for each of two steps, and after the last. */
function searchWith(looks: readonly [number, number, number, number], error?: Error) {
  return async function* (telling: Ascent): AsyncGenerator<Frame, Image, void> {
    for (const [index, count] of looks.entries()) {
      for (let look = 0; look < count; look++) await telling.at(picture);
      if (index === 1 || index === 2) yield { ...frame, step: index };
    }
    if (error) throw error;
    return picture;
  };
}

async function told(search: ReturnType<typeof searchWith>): Promise<string[]> {
  const words: string[] = [];
  const frames = withSignsOfLife(ascent, search);
  for (;;) {
    const next = await frames.next();
    if (next.done) return words;
    words.push(`${next.value.between === true ? 'after ' : ''}${next.value.step}`);
    // As whoever reads is: busy for a moment.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a search', () => {
  it('that looks once for each step is told step by step', async () => {
    expect(await told(searchWith([0, 1, 1, 0]))).toEqual(['1', '2']);
  });

  it('that looks on after its last step gives signs of life', async () => {
    const words = await told(searchWith([5, 1, 1, 60]));
    expect(words.slice(0, 2)).toEqual(['1', '2']);
    expect(words.length).toBeGreaterThan(2);
    expect(new Set(words.slice(2))).toEqual(new Set(['after 2']));
  });

  it('that fails while somebody reads a sign of life fails', async () => {
    const failing = searchWith([0, 1, 1, 9], new Error('broken'));
    await expect(told(failing)).rejects.toThrow('broken');
  });
});
