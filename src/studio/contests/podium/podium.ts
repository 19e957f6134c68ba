/** The picture of a contest's winners: the first in the middle, with names and recipes. */
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import type { PlacedEntry } from '../results.ts';
import { Letters } from './letters.ts';
import type { Weight } from './letters.ts';

export interface PodiumPlace extends PlacedEntry {
  /** PNG; null where its author had it deleted. */
  readonly picture: Uint8Array | null;
}

const WIDTH = 1920;
const HEIGHT = 1080;

/** Where a place stands, in pixels. */
interface Stand {
  readonly left: number;
  readonly top: number;
  readonly size: number;
  readonly colour: string;
}

const MIDDLE = WIDTH / 2;

/** Of the first, second and third. */
const STANDS: readonly Stand[] = [
  { left: MIDDLE - 330, top: 130, size: 660, colour: '#f2c14e' },
  { left: 70, top: 290, size: 500, colour: '#c3cbd6' },
  { left: WIDTH - 570, top: 290, size: 500, colour: '#cd8a52' },
];

const CORNER = 18;
const FRAME = 6;

/** Most pixels of an entry that are read: a picture of our own, so no more than a dream has. */
const MOST_PIXELS = 64e6;

export async function drawPodium(
  theme: string,
  places: readonly PodiumPlace[],
): Promise<Uint8Array> {
  const letters = await Letters.load();
  const standing = places.map((place, index) => ({ place, stand: STANDS[index]! }));
  const pictures = await Promise.all(
    standing.flatMap(({ place: { picture }, stand }) => (picture ? [framed(picture, stand)] : [])),
  );
  const shapes = [
    centred(letters, theme, { x: MIDDLE, y: 84, size: 52, weight: 700, most: WIDTH - 200 }),
    ...standing.flatMap(({ place, stand }) => captions(letters, place, stand)),
  ];
  const frames = standing.map(({ stand }) => frame(stand));
  return sharp(svg([BACKGROUND, ...frames]))
    .composite([...pictures, { input: svg(shapes), left: 0, top: 0 }])
    .png({ compressionLevel: 6 })
    .toBuffer();
}

const BACKGROUND = `<defs><radialGradient id="b" cx="0.5" cy="0.42" r="0.75">
<stop offset="0" stop-color="#2c3350"/><stop offset="1" stop-color="#0e1020"/></radialGradient></defs>
<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#b)"/>`;

function svg(parts: readonly string[]): Buffer {
  const body = parts.join('\n');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${body}</svg>`,
  );
}

/** The picture, cut to a square with round corners. */
async function framed(picture: Uint8Array, { left, top, size }: Stand): Promise<OverlayOptions> {
  const mask = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}" rx="${CORNER}"/></svg>`,
  );
  const input = await sharp(picture, { limitInputPixels: MOST_PIXELS })
    .resize(size, size, { fit: 'cover', kernel: 'lanczos3' })
    .ensureAlpha()
    .composite([{ input: mask, blend: 'dest-in' }])
    .png()
    .toBuffer();
  return { input, left, top };
}

function frame({ left, top, size, colour }: Stand): string {
  const [x, y, side] = [left - FRAME, top - FRAME, size + 2 * FRAME];
  return `<rect x="${x}" y="${y}" width="${side}" height="${side}" rx="${CORNER + FRAME}" fill="${colour}"/>
<rect x="${left}" y="${top}" width="${size}" height="${size}" rx="${CORNER}" fill="#1a1d31"/>`;
}

interface Line {
  /** The middle of the line. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight: Weight;
  readonly most: number;
  readonly colour?: string;
}

function captions(letters: Letters, { rank, entry }: PodiumPlace, stand: Stand): string[] {
  const { left, top, size, colour } = stand;
  const { dream, by, title, number } = entry;
  const [x, below, most] = [left + size / 2, top + size, size];
  const author = by && letters.has(by.name) ? by.name : `Entry ${number}`;
  const badge = `<circle cx="${x}" cy="${below}" r="42" fill="${colour}" stroke="#0e1020" stroke-width="6"/>`;
  const { model, recipe } = dream.job;
  const what = recipe.class ?? recipe.layer;
  const octaves = recipe.octaves === undefined ? '' : `${recipe.octaves} octaves · `;
  const lines: (readonly [string, Line])[] = [
    [String(rank), { x, y: below + 16, size: 46, weight: 700, most, colour: '#14172a' }],
    [author, { x, y: below + 94, size: 40, weight: 700, most }],
    [title ?? '', { x, y: below + 138, size: 28, weight: 400, most, colour: '#d6dbe8' }],
  ];
  const first = title === undefined ? below + 138 : below + 180;
  const grey = { size: 24, weight: 400, most, colour: '#98a1b8' } as const;
  lines.push(
    [`${model} · ${what}`, { x, y: first, ...grey }],
    [`${octaves}${recipe.steps} steps · seed ${recipe.seed}`, { x, y: first + 34, ...grey }],
  );
  return [badge, ...lines.map(([text, line]) => centred(letters, text, line))];
}

function centred(letters: Letters, text: string, line: Line): string {
  const { x, y, size, weight, most, colour = '#ffffff' } = line;
  const { path, width } = letters.shape(text, size, weight, most);
  return `<path transform="translate(${(x - width / 2).toFixed(2)} ${y})" fill="${colour}" d="${path}"/>`;
}
