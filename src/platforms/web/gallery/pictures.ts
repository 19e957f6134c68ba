/** Pictures of the gallery in the sizes of its page: few at a time, and the last ones remembered. */
import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import sharp from 'sharp';
import type { Gallery } from '../../../chat/contests/gallery.ts';

/** Longest sides in pixels. */
const SIDES = { small: 720, large: 1400, before: 1400 } as const;

/** Strangers ask: what waits beyond that is not worth waiting for. */
const MOST_WAITING = 60;
const MOST_REMEMBERED = 150;

export type Sized = keyof typeof SIDES;

export class Busy extends Error {
  override readonly name = 'Busy';
}

export class GalleryPictures {
  readonly #gallery: Gallery;
  readonly #drawing = new PQueue({ concurrency: 1 });
  readonly #drawn = new Map<string, Uint8Array>();

  constructor(gallery: Gallery) {
    this.#gallery = gallery;
  }

  /** WebP. What its author had deleted is gone from here too: the store is asked each time. */
  async sized(id: string, entry: number, size: Sized): Promise<Uint8Array | null> {
    const kept =
      size === 'before' ? this.#gallery.before(id, entry) : this.#gallery.picture(id, entry);
    const png = await kept;
    if (!png) return null;
    return this.#remembered(png, `${id}/${entry}/${size}`, () => {
      const side = SIDES[size];
      const most = { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const;
      return sharp(png).resize(most).webp({ quality: 86 }).toBuffer();
    });
  }

  /** PNG. Drawn anew where somebody's name is not shown any more. */
  async sheet(id: string): Promise<Uint8Array | null> {
    const contest = await this.#gallery.contest(id);
    if (!contest) return null;
    const shown = Buffer.from(JSON.stringify(contest));
    return this.#remembered(shown, `${id}/sheet`, async () => (await this.#gallery.sheet(id))!);
  }

  async #remembered(
    from: Uint8Array,
    name: string,
    draw: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const key = `${name}/${createHash('sha256').update(from).digest('hex')}`;
    const known = this.#drawn.get(key);
    if (known) return known;
    if (this.#drawing.size >= MOST_WAITING) throw new Busy('too many pictures are asked for');
    const drawn = await this.#drawing.add(() => this.#drawn.get(key) ?? draw());
    this.#drawn.set(key, drawn);
    for (const oldest of this.#drawn.keys()) {
      if (this.#drawn.size <= MOST_REMEMBERED) break;
      this.#drawn.delete(oldest);
    }
    return drawn;
  }
}
