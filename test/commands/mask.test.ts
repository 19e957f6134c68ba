/** What becomes of a mask: a second picture beside the one that is dreamed on. */
import { describe, expect, it } from 'vitest';
import { actions } from '../../commands/actions.ts';
import { dream } from '../../commands/dream.ts';
import { noChange } from '../../commands/dream-options.ts';
import { redo } from '../../commands/redo.ts';
import type { ActionAnswers, Context, OrderAction } from '../../src/chat/command.ts';
import { finalMessage } from '../../src/chat/words.ts';
import { Models } from '../../src/studio/models.ts';
import type { NewOrder, Order } from '../../src/studio/order.ts';
import { attachment, job, newOrder } from '../helpers/studio.ts';

const PHOTO = { name: 'photo.png', reference: '1' };
const MASK = { name: 'mask.png', reference: '2' };
const mask = { from: 'attachment', ...MASK } as const;
const result = {
  ...{ rows: 1, columns: 1, formula: 'x', notices: [], engine: 'e', seconds: 1, scores: [] },
};

function orderOf(changes: Partial<Order> = {}): Order {
  const stored = { state: 'delivered', createdAt: 0, updatedAt: 0, crashes: 0 } as const;
  const begun = { ...newOrder({ source: attachment, mask }), ...stored, deliveryBegun: true };
  return { ...begun, id: 'abcdefghijkl', ...changes };
}

type Asked = Pick<NewOrder, 'job' | 'source' | 'mask'>;

async function asked(
  run: (context: Context & ActionAnswers) => Promise<void>,
  orders: Order[] = [],
): Promise<Asked> {
  const wishes: Asked[] = [];
  const settings = { channels: [], largestSize: 1024, deepLayers: false, spoiler: false };
  await run({
    models: new Models(),
    settings: { ...settings, timezone: 'UTC' },
    person: { id: 'ada', name: 'Ada', admin: false },
    place: newOrder().place,
    studio: { ordersOf: () => Promise.resolve(orders) } as Partial<
      Context['studio']
    > as Context['studio'],
    order: (wish: Asked) => Promise.resolve(void wishes.push(wish)),
  } as Partial<Context> as Context & ActionAnswers);
  expect(wishes).toHaveLength(1);
  return wishes[0]!;
}

const pressed = (name: string, order: Order, choice?: string): Promise<Asked> => {
  const action = actions.find((each) => each.name === name) as OrderAction;
  return asked((context) => action.run(context, order, choice));
};

describe('a mask', () => {
  it('goes with the picture, or with the clouds', async () => {
    const values = { ...noChange, picture: PHOTO, mask: MASK };
    const source = { from: 'attachment', ...PHOTO };
    expect(await asked((context) => dream.run(context, values))).toMatchObject({ source, mask });
    const onClouds = await asked((context) =>
      dream.run(context, { ...values, picture: undefined }),
    );
    expect(onClouds).toMatchObject({ source: { from: 'clouds' }, mask });
    const without = await asked((context) => dream.run(context, { ...values, mask: undefined }));
    expect(without).not.toHaveProperty('mask');
  });

  it.each([
    ['again', undefined],
    ['layer', 'block_3_expand'],
  ])('stays with the picture that it was drawn for: %s', async (name, choice) => {
    const order = orderOf({ job, result });
    expect(await pressed(name, order, choice)).toMatchObject({
      source: { from: 'source', order: order.id },
      mask: { from: 'mask', order: order.id },
    });
    const failure = { code: 'fetch-failed', message: 'no answer' } as const;
    const failed = orderOf({ job, failure });
    expect(await pressed(name, failed, choice)).toMatchObject({ source: attachment, mask });
  });

  it('stays where a dream is made again with changes', async () => {
    const order = orderOf({ job, result });
    const change = { ...noChange, order: undefined, steps: 3 };
    const again = await asked((context) => redo.run(context, change), [order]);
    expect(again.mask).toEqual({ from: 'mask', order: order.id });
  });

  it.each(['deeper', 'zoom'])('is left behind, as the answer says: %s', async (name) => {
    const order = orderOf({ job, result });
    expect(await pressed(name, order)).not.toHaveProperty('mask');
    const { fields } = finalMessage(order, () => Promise.reject(new Error('not looked at')));
    const said = fields?.find((field) => field.name === 'Mask')?.value;
    expect(said).toMatch(/Again and Other layer keep to it, Deeper and Zoom in do not/);
  });
});
