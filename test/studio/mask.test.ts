/** Orders with a mask: two pictures that have to arrive before anything is dreamed. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture } from '../../src/dream/picture.ts';
import { hashOfMask, readImprint } from '../../src/studio/imprint.ts';
import type { LocalStudio } from '../../src/studio/local-studio.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';
import { attachment, job, newOrder, openStudio, updatesOf } from '../helpers/studio.ts';

const folder = temporaryFolder();
const mask = { from: 'attachment', reference: 'y', name: 'mask.png' } as const;
const COLUMNS = 64;

let studio: LocalStudio;
let white: Buffer;
let photo: Buffer;

beforeAll(async () => {
  ({ studio } = await openStudio(join(folder, 'shared')));
  await studio.recover();
  photo = await noisyJpeg(COLUMNS, 48);
  const create = { width: 50, height: 60, channels: 3, background: 'white' } as const;
  // Larger than the dream, and of another shape: white on the left, black on the right.
  white = await sharp({ create }).extend({ right: 50, background: 'black' }).png().toBuffer();
});

afterAll(() => studio.close(0));

async function ended(id: string): Promise<string | undefined> {
  return (await updatesOf(studio, id)).at(-1)?.state;
}

/** Whether what came of an order differs from its picture in two thirds, the left and the right. */
async function changed(id: string): Promise<boolean[]> {
  const [before, after] = await Promise.all([studio.source(id), studio.result(id)]);
  const part = (png: Uint8Array, left: number): Promise<Buffer> =>
    sharp(png).extract({ left, top: 0, width: 20, height: 48 }).raw().toBuffer();
  return Promise.all(
    [0, COLUMNS - 20].map(
      async (left) => !(await part(before, left)).equals(await part(after, left)),
    ),
  );
}

const kept = (id: string): string[] =>
  readdirSync(join(folder, 'shared', 'pictures'))
    .filter((name) => name.startsWith(id))
    .map((name) => name.slice(13));

describe('an order with a mask', () => {
  it('dreams where it is white, tells so in its PNG, and once more by its own mask', async () => {
    const { id } = await studio.submit(newOrder({ source: attachment, mask }));
    await studio.supply(id, photo, white);
    expect(await ended(id)).toBe('rendered');
    expect(await changed(id)).toEqual([true, false]);
    expect(kept(id).sort()).toEqual(['mask.png', 'result.png', 'source.png']);
    const path = join(folder, 'masked.png');
    writeFileSync(path, await studio.result(id));
    // What the command line makes of the same file with --mask.
    const { image } = await readPicture(white, { maxSide: job.size });
    expect((await readImprint(path)).mask).toBe(hashOfMask(image));

    const again = await studio.submit(
      newOrder({ source: { from: 'source', order: id }, mask: { from: 'mask', order: id } }),
    );
    expect(await ended(again.id)).toBe('rendered');
    expect(await changed(again.id)).toEqual([true, false]);
    expect(await studio.result(again.id)).toEqual(await studio.result(id));
  });

  it('waits for the mask, also where it dreams on clouds and the bot goes down', async () => {
    const data = join(folder, 'interrupted');
    const { studio: first } = await openStudio(data);
    const { id } = await first.submit(newOrder({ mask }));
    await first.recover();
    await first.close(0);
    const { studio: second } = await openStudio(data);
    try {
      await second.recover();
      expect(await second.undelivered()).toMatchObject([{ id, state: 'received', mask }]);
      await second.supply(id, null, white);
      expect((await updatesOf(second, id)).at(-1)?.state).toBe('rendered');
    } finally {
      await second.close(0);
    }
  });

  it('is not queued with half of what it needs', async () => {
    const { id } = await studio.submit(newOrder({ source: attachment, mask }));
    await expect(studio.supply(id, photo)).rejects.toThrow();
    expect(await studio.order(id)).toMatchObject({ state: 'received' });
    await studio.cancel(id);
  });

  it('is told which of the two cannot be read', async () => {
    const { id } = await studio.submit(newOrder({ source: attachment, mask }));
    const none = Buffer.from('<html>');
    await expect(studio.supply(id, photo, none)).rejects.toMatchObject({
      code: 'bad-picture',
      message: expect.stringMatching(/^mask: /) as string,
    });
    await expect(studio.supply(id, none, white)).rejects.toMatchObject({
      code: 'bad-picture',
      message: expect.not.stringMatching(/mask/) as string,
    });
    await studio.supply(id, photo, white);
    expect(await ended(id)).toBe('rendered');
  });

  it('is refused where the mask of the earlier order is not kept', async () => {
    const { id } = await studio.submit(newOrder({ source: attachment }));
    await studio.supply(id, photo);
    expect(await ended(id)).toBe('rendered');
    const wrong = newOrder({
      source: { from: 'source', order: id },
      mask: { from: 'mask', order: id },
    });
    await expect(studio.submit(wrong)).rejects.toMatchObject({
      code: 'unknown-order',
      message: 'the mask of this dream is not there, or not kept any more',
    });
  });

  it('leaves no mask behind when its person is forgotten', async () => {
    const { id } = await studio.submit(newOrder({ person: 'eve', source: attachment, mask }));
    await studio.supply(id, photo, white);
    expect(await ended(id)).toBe('rendered');
    await studio.delivered(id);
    expect(kept(id)).toHaveLength(3);
    await studio.forget({ platform: 'test', id: 'eve' });
    expect(kept(id)).toEqual([]);
  });
});
