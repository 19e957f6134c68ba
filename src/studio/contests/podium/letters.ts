/**
 * Letters as outlines: what they look like does not depend on the fonts of a machine, which in a
 * container has none. Inter, in the scripts that it has.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import opentype from 'opentype.js';
import type { Font, Glyph } from 'opentype.js';

export type Weight = 400 | 700;

const SCRIPTS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'vietnamese'] as const;

export interface TextShape {
  /** SVG path data; the text begins at x = 0 and stands on y = 0. */
  readonly path: string;
  readonly width: number;
}

interface Letter {
  readonly glyph: Glyph;
  readonly font: Font;
}

export class Letters {
  private constructor(private readonly fonts: ReadonlyMap<Weight, readonly Font[]>) {}

  static async load(): Promise<Letters> {
    const weights: readonly Weight[] = [400, 700];
    const fonts = weights.map(async (weight) => [weight, await loadFonts(weight)] as const);
    return new Letters(new Map(await Promise.all(fonts)));
  }

  /**
   * One line. Signs that the font lacks are left out, and what is too wide ends in dots.
   * @param most pixels.
   */
  shape(text: string, size: number, weight: Weight, most: number): TextShape {
    let letters = this.#lettersOf(text, weight);
    if (widthOf(letters, size) > most) {
      const dots = this.#lettersOf('…', weight);
      while (letters.length > 0 && widthOf([...letters, ...dots], size) > most) {
        letters = letters.slice(0, -1);
      }
      letters = [...letters, ...dots];
    }
    const parts = [];
    let x = 0;
    for (const [index, { glyph, font }] of letters.entries()) {
      parts.push(glyph.getPath(x, 0, size).toPathData(2));
      x += advance(letters, index) * (size / font.unitsPerEm);
    }
    return { path: parts.join(''), width: x };
  }

  /** Whether anything of a text can be drawn. */
  has(text: string): boolean {
    return this.#lettersOf(text, 400).length > 0;
  }

  #lettersOf(text: string, weight: Weight): Letter[] {
    const fonts = this.fonts.get(weight)!;
    const fontOf = (sign: string): Font | undefined =>
      fonts.find((font) => font.charToGlyphIndex(sign) > 0);
    const signs = Array.from(text.normalize('NFC')).filter((sign) => fontOf(sign));
    return Array.from(signs.join('').replaceAll(/\s+/g, ' ').trim(), (sign) => {
      const font = fontOf(sign)!;
      return { font, glyph: font.charToGlyph(sign) };
    });
  }
}

async function loadFonts(weight: Weight): Promise<Font[]> {
  const { resolve } = createRequire(import.meta.url);
  const files = SCRIPTS.map((script) =>
    readFile(resolve(`@fontsource/inter/files/inter-${script}-${weight}-normal.woff`)),
  );
  return (await Promise.all(files)).map((file) => opentype.parse(new Uint8Array(file).buffer));
}

function widthOf(letters: readonly Letter[], size: number): number {
  return letters.reduce(
    (sum, { font }, index) => sum + advance(letters, index) * (size / font.unitsPerEm),
    0,
  );
}

/** In the units of the font; closer where it says so for this and the next letter. */
function advance(letters: readonly Letter[], index: number): number {
  const { glyph, font } = letters[index]!;
  const next = letters[index + 1];
  const kerning = next?.font === font ? font.getKerningValue(glyph, next.glyph) : 0;
  return (glyph.advanceWidth ?? 0) + kerning;
}
