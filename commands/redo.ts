import type { Context, SimpleCommand } from '../src/chat/command.ts';
import { DreamError } from '../src/kit/errors.ts';
import { samePlace } from '../src/studio/contests/rights.ts';
import type { DreamJob, Order } from '../src/studio/order.ts';
import { dreamJob, picturesAgain, randomSeed, recipeOptions } from './dream-options.ts';

const options = {
  order: {
    kind: 'text',
    description: 'Which of your dreams; without it, the newest here',
    maxLength: 12,
    completes: 'order',
  },
  ...recipeOptions,
} as const;

export const redo: SimpleCommand<typeof options> = {
  name: 'redo',
  description: 'One of your dreams again, with changes',
  options,
  async run(context, { order: wanted, ...values }) {
    const order = await ownDream(context, wanted);
    const changed = Object.values(values).some((value) => value !== undefined);
    // Nothing changed would be the same picture: another seed is what is meant.
    const change = changed ? values : { ...values, seed: randomSeed() };
    const job = await dreamJob(context, change, order.job);
    await context.order({ job, ...picturesAgain(order), parent: order.id });
  },
};

async function ownDream(
  { studio, person, place }: Context,
  wanted: string | undefined,
): Promise<Order & { job: DreamJob }> {
  const orders = await studio.ordersOf({ platform: place.platform, id: person.id }, 100);
  const dreams = orders.filter(isDream);
  // What somebody dreamed elsewhere, and maybe for themselves, is shown here only where it is named.
  const order = dreams.find(({ id, place: where }) =>
    wanted === undefined ? samePlace(where, place) : id === wanted,
  );
  if (order) return order;
  throw new DreamError(
    'unknown-order',
    wanted === undefined ? 'you have no dream here yet' : `you have no dream '${wanted}'`,
    'Start one with /dream.',
  );
}

function isDream(order: Order): order is Order & { job: DreamJob } {
  return order.job.kind === 'dream';
}
