/** What is offered for an option while it is typed. */
import { expect, it } from 'vitest';
import { cancel } from '../../commands/cancel.ts';
import { redo } from '../../commands/redo.ts';
import { completionsFor } from '../../src/chat/completions.ts';
import type { Option } from '../../src/chat/option.ts';
import type { Order } from '../../src/studio/order.ts';
import { order, orderId } from '../helpers/contests.ts';

it('only what is not done can be cancelled', async () => {
  const orders: readonly Order[] = [
    order(orderId(1), 'ann', { state: 'delivered' }),
    order(orderId(2), 'ann', { state: 'rendering' }),
    order(orderId(3), 'ann', { state: 'queued' }),
  ];
  const parts = { studio: { ordersOf: () => Promise.resolve(orders) } };
  const typing = {
    ...{ command: 'cancel', option: 'order', text: '', values: {} },
    person: { id: 'ann', name: 'Ann', admin: false },
    place: { platform: 'stage', channel: 'main' },
  };
  const offered = (option: Option) =>
    completionsFor(option, typing, parts as unknown as Parameters<typeof completionsFor>[2]);
  expect(await offered(redo.options.order)).toEqual([1, 2, 3].map(orderId));
  expect(await offered(cancel.options.order)).toEqual([2, 3].map(orderId));
});
