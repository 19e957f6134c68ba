/** Pictures of several dreams: sheets of entries, and two side by side. */
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import type { Letters } from '../../studio/contests/podium/letters.ts';
import { drawText, textSize } from '../../studio/glyphs.ts';

export interface Tile {
  readonly label: string;
  /** Null where it is not kept any more. */
  readonly picture: Uint8Array | null;
}

export interface SheetLook {
  /** Tiles in a row. */
  readonly across: number;
  /** Pixels of a tile, its label not counted. */
  readonly width: number;
  readonly height: number;
  /** Pixels from line to line. */
  readonly line: number;
  readonly title?: string;
  /** For names and themes; without them, labels have Latin letters, digits and little more. */
  readonly letters?: Letters;
  /** On paper, dark letters stand on white. */
  readonly paper?: boolean;
}

const SCREEN = { ground: '#10132d', tile: '#1c1f45', ink: '#ecebf7' };
const PAPER = { ground: '#ffffff', tile: '#ece9f4', ink: '#23203f' };
const GAP = 12;

/** A row of tiles for each `across` of them, each with its label below. @returns PNG. */
export async function drawSheet(tiles: readonly Tile[], look: SheetLook): Promise<Uint8Array> {
  const { across, width, height, line, title, letters, paper = false } = look;
  const colours = paper ? PAPER : SCREEN;
  const { ink } = colours;
  const top = GAP + (title === undefined ? 0 : 2 * line + GAP);
  const layers: OverlayOptions[] = [];
  if (title !== undefined) {
    const text = written(
      title,
      { most: across * (width + GAP) - GAP, line: 2 * line, ink },
      letters,
    );
    layers.push({ ...text, left: GAP, top: GAP });
  }
  for (const [index, { label, picture }] of tiles.entries()) {
    const left = GAP + (index % across) * (width + GAP);
    const above = top + Math.floor(index / across) * (height + line + 2 * GAP);
    const size = { width, height };
    layers.push({ input: await fitted(picture, size, colours.tile), left, top: above });
    const text = written(label, { most: width, line, ink }, letters);
    layers.push({ ...text, left, top: above + height + Math.floor(GAP / 2) });
  }
  const down = Math.ceil(tiles.length / across);
  return sharp({
    create: {
      width: GAP + Math.min(across, Math.max(1, tiles.length)) * (width + GAP),
      height: top + Math.max(1, down) * (height + line + 2 * GAP),
      channels: 3,
      background: colours.ground,
    },
  })
    .composite(layers)
    .png()
    .toBuffer();
}

/** Two dreams, A and B. @returns PNG. */
export function drawPair(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  const tiles = [
    { label: 'A', picture: left },
    { label: 'B', picture: right },
  ];
  return drawSheet(tiles, { across: 2, width: 640, height: 640, line: 45 });
}

/** How many tiles stand in a row of a sheet that is about as wide as high. */
export function acrossFor(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

/** Whole, on a ground where it does not fill the tile. */
async function fitted(
  picture: Uint8Array | null,
  size: { readonly width: number; readonly height: number },
  background: string,
): Promise<Buffer> {
  if (picture)
    return sharp(picture)
      .resize({ ...size, fit: 'contain', background })
      .png()
      .toBuffer();
  return sharp({ create: { ...size, channels: 3, background } })
    .png()
    .toBuffer();
}

interface Writing {
  /** Pixels that it may take. */
  readonly most: number;
  readonly line: number;
  readonly ink: string;
}

function written(text: string, writing: Writing, letters?: Letters): OverlayOptions {
  const { line, ink } = writing;
  const { path, width } = letters ? shaped(text, writing, letters) : spelled(text, writing);
  const size = `width="${Math.max(1, Math.ceil(width))}" height="${line}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><g fill="${ink}">${path}</g></svg>`;
  return { input: Buffer.from(svg) };
}

interface Inked {
  /** SVG. */
  readonly path: string;
  readonly width: number;
}

function shaped(text: string, { most, line }: Writing, letters: Letters): Inked {
  const { path, width } = letters.shape(text, line * 0.75, 400, most);
  return { path: `<path transform="translate(0 ${line * 0.75})" d="${path}"/>`, width };
}

/** In our own few letters, of which each stands on cells. */
function spelled(text: string, { most, line }: Writing): Inked {
  const { rows, columns } = textSize('x');
  const scale = Math.max(1, Math.floor(line / rows));
  const signs = Array.from(text).slice(0, Math.max(1, Math.floor(most / (columns * scale))));
  let path = '';
  drawText(signs.join(''), (row, column) => {
    path += `M${column * scale} ${row * scale}h${scale}v${scale}h-${scale}z`;
  });
  return { path: `<path d="${path}"/>`, width: signs.length * columns * scale };
}
