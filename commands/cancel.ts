import type { Context, SimpleCommand } from '../src/chat/command.ts';
import { counted } from '../src/chat/words.ts';
import { DreamError } from '../src/kit/errors.ts';
import type { Order } from '../src/studio/order.ts';
import { OPEN } from '../src/studio/store/orders.ts';

const options = {
  order: {
    kind: 'text',
    description: 'Which of your dreams; without it, the newest that is not done',
    maxLength: 12,
    completes: 'open-order',
  },
  all: { kind: 'switch', description: 'All of yours' },
} as const;

export const cancel: SimpleCommand<typeof options> = {
  name: 'cancel',
  description: 'End a dream of yours that waits or is under way',
  options,
  async run(context, { order: wanted, all = false }) {
    const open = await openOrders(context);
    const chosen = all ? open : open.filter(({ id }) => id === (wanted ?? open[0]?.id));
    if (chosen.length === 0) {
      const which = wanted === undefined ? 'you have no dream' : `you have no dream '${wanted}'`;
      throw new DreamError('unknown-order', `${which} that waits or is under way`);
    }
    const ended = await Promise.all(chosen.map(({ id }) => context.studio.cancel(id)));
    const count = ended.filter(Boolean).length;
    await context.reply({ text: `Cancelled ${counted(count, 'dream')}.` }, { private: true });
  },
};

async function openOrders({ studio, person, place }: Context): Promise<Order[]> {
  const orders = await studio.ordersOf({ platform: place.platform, id: person.id }, 100);
  return orders.filter(({ state }) => OPEN.includes(state));
}
