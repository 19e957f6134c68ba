/** Two dreams side by side, and then the next two. */
import type { Context } from '../../src/chat/command.ts';
import { drawPair } from '../../src/chat/contests/drawing.ts';
import { isVeiled } from '../../src/chat/contests/words.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { drawnPicture } from '../../src/chat/picture-file.ts';
import { counted } from '../../src/chat/words.ts';
import type { ContestFacts } from '../../src/studio/contests/views.ts';

export async function duelPage(
  { contests, actor, settings }: Context,
  { id, theme }: ContestFacts,
): Promise<Outbound> {
  const duel = await contests.nextDuel(actor, id);
  if (!duel) return { text: `**${theme}**: you have decided every duel. Thank you!` };
  const { left, right, decided, most } = duel;
  const [one, other] = await Promise.all(
    [left, right].map(({ number }) => contests.read.picture(actor, id, number)),
  );
  const pair = `duel:${id}:${left.number}-${right.number}`;
  const alt = `A: entry ${left.number}. B: entry ${right.number}.`;
  const spoiler = settings.spoiler || isVeiled([left, right]);
  const so = decided === 0 ? '' : ` ${counted(decided, 'duel')} decided: all of them count.`;
  return {
    text: `**${theme}** · duel ${decided + 1} of ${most}\nWhich is better? Stop whenever you like.${so}`,
    picture: drawnPicture({ name: `duel-${id}`, alt, spoiler }, await drawPair(one!, other!)),
    buttons: [
      { action: `${pair}:${left.number}`, label: 'A', style: 'main' },
      { action: `${pair}:${right.number}`, label: 'B', style: 'main' },
      { action: `${pair}:0`, label: 'Equally good' },
    ],
  };
}
