/** Pictures as files that a platform takes. */
import sharp from 'sharp';
import type { Order } from '../studio/order.ts';
import type { OutboundPicture, PictureFile } from './outbound.ts';
import { shortened } from './shortened.ts';

/** From the finest to what hardly any limit refuses. */
const QUALITIES = [92, 85, 75, 60, 40];
const SIDES = [Infinity, 2048, 1024, 512];

const LONGEST_ALT = 1000;

/** The result of an order, as the store keeps it: PNG. */
export function keptPicture(order: Order, read: () => Promise<Uint8Array>): OutboundPicture {
  const name = `dream-${order.id}`;
  return {
    name,
    alt: altOf(order),
    spoiler: order.spoiler || order.result?.doubtful === true,
    id: `${order.id}/result`,
    ...(hasBefore(order) ? { beforeId: `${order.id}/source` } : {}),
    fileWithin: async (limit) => within(limit, name, await read()),
  };
}

/** A dream out of noise has nothing of the picture but its size. */
function hasBefore({ job }: Order): boolean {
  return job.kind === 'dream' && job.recipe.from !== 'noise';
}

/** A picture that the bot has drawn for one message. */
export function drawnPicture(
  { name, alt, spoiler = false }: { name: string; alt: string; spoiler?: boolean },
  png: Uint8Array,
): OutboundPicture {
  return {
    ...{ name, spoiler, id: null, alt: shortened(alt, LONGEST_ALT) },
    fileWithin: (limit) => within(limit, name, png),
  };
}

/** @param jpeg small: it is sent as it is. */
export function previewPicture(order: Order, jpeg: Uint8Array): OutboundPicture {
  const file: PictureFile = { bytes: jpeg, name: 'preview.jpg', contentType: 'image/jpeg' };
  return {
    name: 'preview',
    alt: `${altOf(order)}, still under way`,
    spoiler: order.spoiler,
    id: null,
    fileWithin: () => Promise.resolve(file),
  };
}

async function within(limit: number, name: string, png: Uint8Array): Promise<PictureFile> {
  if (png.length <= limit) return { bytes: png, name: `${name}.png`, contentType: 'image/png' };
  for (const side of SIDES) {
    for (const quality of QUALITIES) {
      const size = { width: 1, height: 1, fit: 'inside', withoutEnlargement: true } as const;
      const picture = sharp(png);
      if (side !== Infinity) picture.resize({ ...size, width: side, height: side });
      // WebP ends at 16383 pixels along a side.
      const { width, height } = await picture.metadata();
      const webp = Math.max(width, height) <= 16_383;
      const bytes = await (
        webp ? picture.webp({ quality }) : picture.jpeg({ quality, mozjpeg: true })
      ).toBuffer();
      const [ending, contentType] = webp
        ? (['webp', 'image/webp'] as const)
        : (['jpg', 'image/jpeg'] as const);
      if (bytes.length <= limit) return { bytes, name: `${name}.${ending}`, contentType };
    }
  }
  throw new Error(`the picture does not fit into ${limit} bytes`);
}

function altOf({ job, source, result }: Order): string {
  const what =
    job.kind === 'sheet'
      ? `A sheet of dreams at ${job.layers.length} layers of ${job.model}`
      : `A DeepDream of ${job.recipe.class ?? job.recipe.layer} of ${job.model}`;
  const on = {
    attachment: source.from === 'attachment' ? `on ${source.name}` : '',
    result: 'on an earlier dream',
    source: 'on a picture',
    clouds: 'on a picture of clouds',
  }[source.from];
  const size = result ? `, ${result.columns} by ${result.rows} pixels` : '';
  const ground = job.kind === 'dream' && job.recipe.from === 'noise' ? 'out of noise' : on;
  return shortened(`${what} ${ground}${size}`, LONGEST_ALT);
}
