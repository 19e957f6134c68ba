/** The buttons under a dream, and what a person asks to be forgotten. */
import { describe, expect, it } from 'vitest';
import { actions } from '../../commands/actions.ts';
import { noChange } from '../../commands/dream-options.ts';
import { privacy } from '../../commands/privacy.ts';
import { redo } from '../../commands/redo.ts';
import type { ActionAnswers, Context, OrderAction } from '../../src/chat/command.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import type { PlaceSettings } from '../../src/chat/place-settings.ts';
import { encodePicture, readPicture } from '../../src/dream/picture.ts';
import { Models } from '../../src/studio/models.ts';
import type { DreamJob, NewOrder, Order } from '../../src/studio/order.ts';
import { drawn } from '../helpers/planes.ts';
import { attachment, job, newOrder } from '../helpers/studio.ts';

const models = new Models({ deepLayers: true });
const SETTINGS: PlaceSettings = {
  channels: [],
  largestSize: 1024,
  deepLayers: false,
  spoiler: false,
  timezone: 'UTC',
};
const RESULT = {
  ...{ rows: 1, columns: 1, formula: 'x', notices: [], engine: 'e', seconds: 1, scores: [] },
};

function orderOf(changes: Partial<Order> = {}): Order {
  const stored = { state: 'delivered', createdAt: 0, updatedAt: 0, crashes: 0 } as const;
  const begun = { ...newOrder({ source: attachment }), ...stored, deliveryBegun: true };
  return { ...begun, id: 'abcdefghijkl', ...changes };
}

type Asked = Pick<NewOrder, 'job' | 'source' | 'parent'>;

async function pressed(
  name: string,
  order: Order,
  settings: Partial<PlaceSettings> = {},
  choice?: string,
): Promise<Asked & { job: DreamJob }> {
  const asked: Asked[] = [];
  const context = {
    models,
    settings: { ...SETTINGS, ...settings },
    order: (wish: Asked) => Promise.resolve(void asked.push(wish)),
  } as Partial<Context> as Context & ActionAnswers;
  const action = actions.find((each) => each.name === name) as OrderAction;
  await action.run(context, order, choice);
  expect(asked).toHaveLength(1);
  return asked[0] as Asked & { job: DreamJob };
}

const BUTTONS = ['deeper', 'zoom', 'again'] as const;

describe('a button under a dream', () => {
  it.each(BUTTONS)('%s dreams no larger than the place allows by now', async (name) => {
    const large = orderOf({ job: { ...job, size: 1024 }, result: RESULT });
    expect((await pressed(name, large)).job.size).toBe(1024);
    expect((await pressed(name, large, { largestSize: 256 })).job.size).toBe(256);
  });

  it.each(BUTTONS)('%s does not dream at layers that are off by now', async (name) => {
    const recipe = { ...job.recipe, layer: 'mixed9' };
    const deep = { ...job, model: 'inception_v3', recipe, deepLayers: true };
    const order = orderOf({ job: deep, result: RESULT });
    await expect(pressed(name, order)).rejects.toMatchObject({ code: 'unknown-layer' });
    expect((await pressed(name, order, { deepLayers: true })).job.recipe.layer).toBe('mixed9');
  });

  it('Again takes the picture that is kept, and another seed', async () => {
    const order = orderOf({ result: RESULT });
    const { source, parent, job: redone } = await pressed('again', order);
    expect(source).toEqual({ from: 'source', order: order.id });
    expect(parent).toBe(order.id);
    expect(redone.recipe).toMatchObject({ layer: job.recipe.layer, steps: job.recipe.steps });
    expect(redone.recipe.seed).not.toBe(job.recipe.seed);
  });

  it('Again dreams at the layer that was typed, however it was spelled', async () => {
    const recipe = { ...job.recipe, layer: 'BLOCK_1_EXPAND' };
    const order = orderOf({ job: { ...job, recipe }, result: RESULT });
    expect((await pressed('again', order)).job.recipe.layer).toBe('BLOCK_1_EXPAND');
  });

  it('Try again fetches a picture that never arrived', async () => {
    const failure = { code: 'fetch-failed', message: 'no answer' } as const;
    expect((await pressed('again', orderOf({ failure }))).source).toEqual(attachment);
    expect((await pressed('again', orderOf())).source).toEqual(attachment);
  });
});

it('Other layer says so where a model has no other', async () => {
  const only = { describe: () => Promise.resolve({ layersWorthDreaming: [job.recipe.layer] }) };
  const context = { models: only as unknown as Models } as Partial<Context>;
  const action = actions.find(({ name }) => name === 'layer') as OrderAction;
  const asked = action.run(context as Context & ActionAnswers, orderOf({ result: RESULT }));
  await expect(asked).rejects.toMatchObject({ code: 'unknown-layer', hint: /redo/ });
});

it('/redo shows here only what was dreamed here, unless another is named', async () => {
  const here = { platform: 'stage', server: 'home', channel: 'main' };
  const alone = orderOf({
    id: 'alone0000000',
    result: RESULT,
    place: { ...here, server: 'other' },
  });
  const open = orderOf({ id: 'open00000000', result: RESULT, place: { ...here, channel: 'b' } });
  const taken = async (order?: string): Promise<unknown> => {
    const asked: Asked[] = [];
    const studio = { ordersOf: () => Promise.resolve([alone, open]) };
    const context = {
      ...{ models, settings: SETTINGS, place: here, person: { id: 'a', name: 'A', admin: false } },
      studio: studio as Partial<Context['studio']> as Context['studio'],
      order: (wish: Asked) => Promise.resolve(void asked.push(wish)),
    } as Partial<Context> as Context;
    await redo.run(context, { ...noChange, order });
    return asked[0]!.parent;
  };
  expect(await taken()).toBe(open.id);
  expect(await taken(alone.id)).toBe(alone.id);
});

it('Difference shows what was changed, amplified', async () => {
  const [before, after] = await Promise.all(
    [100, 102].map((level) =>
      encodePicture(
        drawn(8, 8, (row) => (row < 4 ? level : 100)),
        { format: 'png' },
      ),
    ),
  );
  const said: Outbound[] = [];
  const context = {
    studio: {
      source: () => Promise.resolve(before),
      result: () => Promise.resolve(after),
    } as Partial<Context['studio']> as Context['studio'],
    reply: async (made) => void said.push(typeof made === 'function' ? await made() : made),
  } as Partial<Context> as Context & ActionAnswers;
  const action = actions.find(({ name }) => name === 'difference') as OrderAction;
  await action.run(context, orderOf({ result: RESULT, spoiler: true }));
  expect(said[0]!.text).toContain('56 times');
  expect(said[0]!.picture).toMatchObject({ name: 'difference-abcdefghijkl', spoiler: true });
  const { bytes } = await said[0]!.picture!.fileWithin(1e6);
  const { image } = await readPicture(bytes);
  expect([image.data[0], image.data[63]]).toEqual([240, 128]);
});

it('who asks is told how long dreams are kept here', async () => {
  const said: Outbound[] = [];
  const context = {
    person: { id: 'ann', name: 'Ann', admin: false },
    place: { platform: 'stage', channel: 'main' },
    studio: { kept: { days: 7, bytes: 5e9 } } as Partial<Context['studio']> as Context['studio'],
    reply: (outbound: Outbound) => Promise.resolve(void said.push(outbound)),
  } as Partial<Context> as Context;
  await privacy.run(context, { forget: undefined });
  expect(said[0]!.text).toContain('7 days after a dream was delivered it is deleted');
  expect(said[0]!.text).toContain('more than 5 GB');
});

it('who is forgotten is forgotten by contests too', async () => {
  const forgotten: unknown[] = [];
  const said: Outbound[] = [];
  const forget = (owner: unknown): Promise<number> => Promise.resolve(forgotten.push(owner));
  const context = {
    person: { id: 'ann', name: 'Ann', admin: false },
    place: { platform: 'stage', channel: 'main' },
    studio: { forget } as Partial<Context['studio']> as Context['studio'],
    contests: { forget } as unknown as Context['contests'],
    reply: (outbound: Outbound) => Promise.resolve(void said.push(outbound)),
  } as Partial<Context> as Context;
  await privacy.run(context, { forget: true });
  const ann = { platform: 'stage', id: 'ann' };
  expect(forgotten).toEqual([ann, ann]);
  expect(said[0]!.text).toMatch(/^Deleted 2 dreams.*stays there until you delete it/);
  const forgetHere = (): Promise<void> => Promise.resolve(void forgotten.push('here'));
  await privacy.run({ ...context, forgetHere }, { forget: true });
  expect(forgotten.at(-1)).toBe('here');
  expect(said[1]!.text).toMatch(/What you said here is deleted too/);
  const one = { ...context.studio, forget: () => Promise.resolve(1) } as Context['studio'];
  await privacy.run({ ...context, studio: one }, { forget: true });
  expect(said[2]!.text).toMatch(/^Deleted 1 dream of yours, with its pictures\./);
  const none = { ...context.studio, forget: () => Promise.resolve(0) } as Context['studio'];
  await privacy.run({ ...context, studio: none }, { forget: true });
  expect(said[3]!.text).toMatch(/^There was no dream of yours left to delete\./);
});
