import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { Letters } from '../../../src/studio/contests/podium/letters.ts';
import { drawPodium } from '../../../src/studio/contests/podium/podium.ts';
import type { PodiumPlace } from '../../../src/studio/contests/podium/podium.ts';
import { dreamOf } from '../../../src/studio/contests/limits.ts';
import { actor, order, orderId } from '../../helpers/contests.ts';

async function place(rank: number, name: string, colour: string | null): Promise<PodiumPlace> {
  const by = { id: name, name };
  const dream = dreamOf(order(orderId(rank), name), actor(name));
  const background = colour ?? '#000';
  const picture =
    colour === null
      ? null
      : await sharp({ create: { width: 64, height: 40, channels: 3, background } })
          .png()
          .toBuffer();
  const entry = { number: rank, dream, state: 'approved', by, own: false } as const;
  return { rank, entry, score: 1, support: 1, picture };
}

async function colourAt(png: Uint8Array, left: number, top: number): Promise<number[]> {
  const spot = sharp(png).extract({ left, top, width: 1, height: 1 }).removeAlpha();
  return [...(await spot.raw().toBuffer())];
}

describe('the podium', () => {
  it('has the first in the middle, the second left, the third right', async () => {
    const places = await Promise.all([
      place(1, 'Ada', '#ff0000'),
      place(2, 'Žofie', '#00ff00'),
      place(3, 'Дмитрий', '#0000ff'),
    ]);
    const png = await drawPodium('Clouds', places);
    expect(await colourAt(png, 960, 400)).toEqual([255, 0, 0]);
    expect(await colourAt(png, 320, 500)).toEqual([0, 255, 0]);
    expect(await colourAt(png, 1600, 500)).toEqual([0, 0, 255]);
  });

  it('is drawn of one place, of names that cannot be written, and without pictures', async () => {
    const png = await drawPodium('夢 <&> "', [await place(1, '夢😀', null)]);
    expect(await sharp(png).metadata()).toMatchObject({ width: 1920, height: 1080 });
  });
});

describe('letters', () => {
  it('leave out what the font lacks, and end in dots where they are too wide', async () => {
    const letters = await Letters.load();
    const shape = (text: string, most = 1000) => letters.shape(text, 20, 400, most);
    expect(shape('a 😀 b')).toEqual(shape('a b'));
    expect(letters.has('😀夢')).toBe(false);
    expect(letters.has('ΩЖệ')).toBe(true);
    expect(shape('a very long line of words', 60).width).toBeLessThanOrEqual(60);
    expect(shape('')).toEqual({ path: '', width: 0 });
  });
});
