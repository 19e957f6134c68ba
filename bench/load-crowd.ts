/** Who asks, and how often. */
import type { Guest } from '../test/helpers/discord-world.ts';

/** Orders of each person: one asks for 50, ten for one, the others for four or five. */
export const COUNTS = [50, ...Array<number>(10).fill(1), ...Array<number>(29).fill(5)].map(
  (count, person) => (person > 34 ? 4 : count),
);

/** The one who asks for 50 comes first; the others come in turns, those who ask once in between. */
export function arrivals(): Guest[] {
  const [many, ...others] = COUNTS.map((count, person) =>
    Array<Guest>(count).fill(`guest-${person}`),
  );
  const rounds = Math.max(...others.map(({ length }) => length));
  const turns = Array.from({ length: rounds }, (_, round) =>
    // Whoever asks once does so at some time, not all at the beginning.
    others.flatMap((orders, person) =>
      orders.length === 1
        ? person % rounds === round
          ? orders
          : []
        : orders.slice(round, round + 1),
    ),
  );
  return [...many!, ...turns.flat()];
}
