/** Pictures of several dreams: sheets of entries, and two side by side. */
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import { drawText, textSize } from '../../studio/glyphs.ts';

export interface Tile {
  /** Latin letters, digits and little more: fonts are not on every machine. */
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
  /** Pixels along each side of a letter's cells. */
  readonly letter: number;
  readonly title?: string;
  /** On paper, dark letters stand on white. */
  readonly paper?: boolean;
}

const SCREEN = { ground: '#10132d', tile: '#1c1f45', ink: '#ecebf7' };
const PAPER = { ground: '#ffffff', tile: '#ece9f4', ink: '#23203f' };
const GAP = 12;

/** A row of tiles for each `across` of them, each with its label below. @returns PNG. */
export async function drawSheet(tiles: readonly Tile[], look: SheetLook): Promise<Uint8Array> {
  const { across, width, height, letter, title, paper = false } = look;
  const colours = paper ? PAPER : SCREEN;
  const line = textSize('x').rows * letter;
  const top = GAP + (title === undefined ? 0 : 2 * line + GAP);
  const layers: OverlayOptions[] = [];
  if (title !== undefined) {
    const most = across * (width + GAP) - GAP;
    layers.push({
      ...written(title, { most, scale: 2 * letter, ink: colours.ink }),
      left: GAP,
      top: GAP,
    });
  }
  for (const [index, { label, picture }] of tiles.entries()) {
    const left = GAP + (index % across) * (width + GAP);
    const above = top + Math.floor(index / across) * (height + line + 2 * GAP);
    const size = { width, height };
    layers.push({ input: await fitted(picture, size, colours.tile), left, top: above });
    const text = written(label, { most: width, scale: letter, ink: colours.ink });
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
  return drawSheet(tiles, { across: 2, width: 640, height: 640, letter: 5 });
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
  readonly scale: number;
  readonly ink: string;
}

function written(text: string, { most, scale, ink }: Writing): OverlayOptions {
  const cell = textSize('x').columns * scale;
  const shown = Array.from(plainLetters(text)).slice(0, Math.max(1, Math.floor(most / cell)));
  const { rows, columns } = textSize(shown.join(''));
  let path = '';
  drawText(shown.join(''), (row, column) => {
    path += `M${column * scale} ${row * scale}h${scale}v${scale}h-${scale}z`;
  });
  const size = `width="${Math.max(1, columns * scale)}" height="${rows * scale}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><path fill="${ink}" d="${path}"/></svg>`;
  return { input: Buffer.from(svg) };
}

/** É as e; what there is no letter for is left out. */
function plainLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9 _.,:/-]/gi, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
