/** A dream of the actor's own, brought into a contest. */
import type { Studio } from '../studio.ts';
import type { Book } from './book.ts';
import type { Actor, ContestCommand } from './contest.ts';
import type { EntryPictures } from './entry-pictures.ts';
import { checkOrigin, dreamOf } from './limits.ts';
import { checkPlace } from './rights.ts';
import { decide } from './rules.ts';
import { cleanText } from './text.ts';
import { entryView } from './views.ts';
import type { EntryView } from './views.ts';

export interface EnteringParts {
  readonly book: Book;
  readonly pictures: EntryPictures;
  readonly studio: Pick<Studio, 'order' | 'result' | 'source'>;
}

export interface Entering {
  readonly contest: string;
  readonly order: string;
  readonly title?: string | undefined;
}

export async function enterDream(
  actor: Actor,
  { contest: id, order: orderId, title }: Entering,
  { book, pictures, studio }: EnteringParts,
): Promise<EntryView> {
  const { contest } = await book.current(id);
  checkPlace(actor, contest);
  const order = await studio.order(orderId);
  const dream = dreamOf(order, actor);
  await checkOrigin(order!, contest.settings, (earlier) => studio.order(earlier));
  const command: ContestCommand = {
    ...{ do: 'submit', dream },
    ...(title === undefined ? {} : { title: cleanText('title', title, 80) }),
  };
  // Refused now, rather than after a picture was copied; what counts is asked again below.
  decide(contest, actor, command, book.now());
  const [result, source] = await Promise.all([studio.result(orderId), studio.source(orderId)]);
  await pictures.write(id, dream.order, { result, source });
  const entered = await book.carryOut(actor, id, command);
  const entry = entered.entries.findLast(({ dream: { order: id } }) => id === orderId)!;
  return entryView(entered, entry, actor);
}
