/** What may stand in an option, while it is typed. */
import { distance } from 'fastest-levenshtein';
import { DEFAULT_MODEL } from '../studio/defaults.ts';
import type { Contests } from '../studio/contests/contests.ts';
import type { Models } from '../studio/models.ts';
import { OPEN } from '../studio/store/orders.ts';
import type { Studio } from '../studio/studio.ts';
import { actorOf } from './actor.ts';
import type { Typing } from './inbound.ts';
import type { Option } from './option.ts';
import { shortened } from './shortened.ts';

const MOST = 25;

/** Of what is offered. */
const LONGEST_THEME = 90;

export async function completionsFor(
  option: Option,
  { text, values, person, place }: Typing,
  { models, studio, contests }: { models: Models; studio: Studio; contests: Contests },
): Promise<readonly string[]> {
  if (option.kind === 'choice') return nearest(option.choices, text);
  if (option.kind !== 'text' || option.completes === undefined) return [];
  const model = typeof values['model'] === 'string' ? values['model'] : undefined;
  switch (option.completes) {
    case 'layer':
      return models.suggest('layer', text, model ?? DEFAULT_MODEL);
    case 'model':
    case 'class':
      return models.suggest(option.completes, text, model);
    case 'order':
    case 'open-order': {
      const orders = await studio.ordersOf({ platform: place.platform, id: person.id }, MOST);
      const meant =
        option.completes === 'order' ? orders : orders.filter(({ state }) => OPEN.includes(state));
      return nearest(
        meant.map(({ id }) => id),
        text,
      );
    }
    case 'contest': {
      const actor = actorOf(person, place);
      const known = [
        ...(await contests.read.running(actor)),
        ...(await contests.read.history(actor, MOST)),
      ];
      // A longer one could not be chosen; the beginning of it says as much.
      const themes = known.map(({ theme }) => shortened(theme, LONGEST_THEME));
      return nearest([...new Set(themes)], text);
    }
    case 'timezone':
      return nearest(['UTC', ...Intl.supportedValuesOf('timeZone')], text);
  }
}

/** Those that begin with the text, then those that hold it, then the likest. */
function nearest(candidates: readonly string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  const rank = (candidate: string): number => {
    const name = candidate.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    return name.includes(wanted) ? 1 : 2 + distance(name, wanted);
  };
  const ranked = candidates.map((candidate) => ({ candidate, rank: rank(candidate) }));
  // The sort is stable: equals keep the order that they were given in.
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}
