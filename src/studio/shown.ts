/** How a model's own program shows it pictures of another shape than it takes. */
import type { ModelFile } from './model-file.ts';

export interface Shown {
  /** All of it, stretched; or as much of its middle as has the network's shape. */
  readonly part: 'whole' | 'middle';
  /** Of the middle's sides: below 1 where the program cuts once more. */
  readonly share: number;
}

type Said = Pick<ModelFile['input'], 'shown' | 'middleShare'>;

/** What a model.json says; undefined where nobody knows. */
export function shownBy({ shown, middleShare = 1 }: Said): Shown | undefined {
  return shown && { part: shown, share: shown === 'middle' ? middleShare : 1 };
}

/** As a model.json says it. */
export function asSaid({ part, share }: Shown): Said {
  return { shown: part, ...(share === 1 ? {} : { middleShare: share }) };
}

/** Of 'whole', 'middle' or 'middle,0.875'; null for other texts. */
export function parseShown(text: string): Shown | null {
  const [, part, digits] = /^(whole|middle)(?:(?<=middle),(0?\.\d+|1))?$/.exec(text.trim()) ?? [];
  const share = Number(digits ?? 1);
  if (part === undefined || share === 0) return null;
  return { part: part as Shown['part'], share };
}

/** In words, of any picture. */
export function shownTitle(shown: Shown | undefined): string {
  if (!shown) return 'not known';
  if (shown.part === 'whole') return 'all of a picture, stretched';
  return `${middleWords(shown)}, cut to the network's shape`;
}

function middleWords({ share }: Shown): string {
  return share === 1 ? 'the middle' : `the middle ${percent(share)}`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
