/** Which dreams a contest takes. */
import { DreamError } from '../../kit/errors.ts';
import { parseTerms } from '../../objectives/parse.ts';
import type { Order } from '../order.ts';
import type { Actor, EnteredDream } from './contest.ts';
import { samePlace } from './rights.ts';
import type { ContestSettings } from './settings.ts';

/** @throws DreamError 'not-allowed' where the recipe is not one that the contest takes. */
export function checkDream({ job }: Pick<EnteredDream, 'job'>, settings: ContestSettings): void {
  const { layers, models } = settings;
  if (models.length > 0 && !models.includes(job.model)) {
    throw refused(`this contest takes dreams of ${models.join(', ')} only, not of ${job.model}`);
  }
  if (layers.length === 0) return;
  if (job.recipe.class !== undefined) {
    throw refused(`this contest takes dreams at layers (${layers.join(', ')}), not of classes`);
  }
  const allowed = new Set(layers.map((layer) => layer.toLowerCase()));
  const others = parseTerms(job.recipe.layer).filter(
    ({ layer }) => !allowed.has(layer.toLowerCase()),
  );
  if (others.length === 0) return;
  throw refused(
    `this contest takes dreams at ${layers.join(', ')} only, not at ${others[0]!.layer}`,
  );
}

/**
 * What of an order can be entered, if it may be entered at all: the limits are `checkDream`'s.
 * @throws DreamError 'unknown-order' or 'not-allowed'
 */
export function dreamOf(order: Order | null, actor: Actor): EnteredDream {
  if (!order || !samePlace(order.place, actor.place)) {
    throw new DreamError('unknown-order', 'you have no such dream here');
  }
  if (order.requester.id !== actor.id) throw refused('only your own dreams can be entered');
  const { id, job, result, state } = order;
  if (job.kind !== 'dream') throw refused('a sheet of layers is no dream: choose one of them');
  if (!result || !(state === 'rendered' || state === 'delivered')) {
    throw refused('this dream is not done');
  }
  const { formula, rows, columns, doubtful = false } = result;
  return {
    ...{ order: id, job, formula, rows, columns },
    ...(order.mask ? { masked: true } : {}),
    ...(order.spoiler || doubtful ? { veiled: true } : {}),
  };
}

/** So many dreams on dreams are looked through. */
const LONGEST_CHAIN = 50;

/**
 * Follows a dream back to the picture that it began with. Dreams on the way must have been allowed
 * too, or the limits would be no limits.
 *
 * @throws DreamError 'not-allowed'
 */
export async function checkOrigin(
  order: Order,
  settings: ContestSettings,
  find: (id: string) => Promise<Order | null>,
): Promise<void> {
  const { start, layers, models } = settings;
  if (!start && layers.length === 0 && models.length === 0) return;
  const isStart = (id: string): boolean => start?.from === 'source' && id === start.order;
  // Whoever brought the picture may have dreamed on it first.
  if (isStart(order.id)) return;
  let { source } = order;
  for (let step = 0; source.from === 'result' || source.from === 'source'; step++) {
    if (source.from === 'source' && isStart(source.order)) return;
    const earlier = step < LONGEST_CHAIN ? await find(source.order) : null;
    if (!earlier) throw refused('the dreams that this one was made from are not known any more');
    if (source.from === 'result') checkEarlier(earlier.job, settings);
    source = earlier.source;
  }
  const matches = start === undefined || (start.from === 'clouds' && source.from === 'clouds');
  if (matches) return;
  throw refused('in this contest everybody dreams on the same start picture');
}

function checkEarlier(job: Order['job'], settings: ContestSettings): void {
  if (job.kind === 'dream') checkDream({ job }, settings);
  else throw refused('a dream on a sheet of layers cannot be entered');
}

function refused(message: string): DreamError {
  return new DreamError('not-allowed', message);
}
