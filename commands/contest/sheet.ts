/** Entries on one picture, as many as a menu has room for. */
import type { Context } from '../../src/chat/command.ts';
import { acrossFor, drawSheet } from '../../src/chat/contests/drawing.ts';
import { contestButton, entryName, isVeiled } from '../../src/chat/contests/words.ts';
import type { Button, OutboundPicture } from '../../src/chat/outbound.ts';
import { drawnPicture } from '../../src/chat/picture-file.ts';
import type { EntryView } from '../../src/studio/contests/views.ts';

/** Choices of a menu. */
const PAGE = 25;

const TILE = 300;

export interface Page {
  readonly entries: readonly EntryView[];
  /** From 0. */
  readonly number: number;
  readonly last: boolean;
}

/** @param asked of a button, and so from outside. */
export function pageOf(entries: readonly EntryView[], asked: string | undefined): Page {
  const pages = Math.max(1, Math.ceil(entries.length / PAGE));
  const wanted = /^\d{1,3}$/.test(asked ?? '') ? Number(asked) : 0;
  const number = Math.min(wanted, pages - 1);
  const shown = entries.slice(number * PAGE, (number + 1) * PAGE);
  return { entries: shown, number, last: number === pages - 1 };
}

/** To the next page, and from the last one back to the first. */
export function turnButtons(action: string, contest: string, { number, last }: Page): Button[] {
  if (number === 0 && last) return [];
  const label = last ? 'First page' : 'Next page';
  return [contestButton(action, `${contest}:${last ? 0 : number + 1}`, label)];
}

export async function sheetOf(
  { contests, actor, settings }: Context,
  contest: string,
  entries: readonly EntryView[],
): Promise<OutboundPicture> {
  const tiles = [];
  for (const { number } of entries) {
    // Of an author who wanted to be forgotten the number is left.
    const picture = await contests.read.picture(actor, contest, number).catch(() => null);
    tiles.push({ label: String(number), picture });
  }
  const look = { across: acrossFor(tiles.length), width: TILE, height: TILE, line: 36 };
  const alt = `A sheet of dreams: ${entries.map(entryName).join(', ')}`;
  const spoiler = settings.spoiler || isVeiled(entries);
  return drawnPicture({ name: `contest-${contest}`, alt, spoiler }, await drawSheet(tiles, look));
}
