/** The buttons under a dream. To add one: an entry in the list, and where `words.ts` shows it. */
import type { Action, OrderAction } from '../src/chat/command.ts';
import { drawnPicture } from '../src/chat/picture-file.ts';
import { DreamError } from '../src/kit/errors.ts';
import { drawDifference } from '../src/studio/difference.ts';
import type { DreamJob, Order } from '../src/studio/order.ts';
import { contestActions } from './contest.ts';
import { dreamJob, noChange, picturesAgain, randomSeed } from './dream-options.ts';

/** How far 'Zoom in' goes. */
const ZOOM = 1.5;

// A mask stays with the picture that it was drawn for: 'Deeper' takes all of the dream, and what
// 'Zoom in' shows lies elsewhere in it.
const deeper: OrderAction = {
  name: 'deeper',
  async run(context, order) {
    const job = await dreamJob(context, noChange, dreamOf(order));
    const source = { from: 'result', order: order.id, zoom: 1 } as const;
    await context.order({ job, source, parent: order.id });
  },
};

const zoom: OrderAction = {
  name: 'zoom',
  async run(context, order) {
    const job = await dreamJob(context, noChange, dreamOf(order));
    const source = { from: 'result', order: order.id, zoom: ZOOM } as const;
    await context.order({ job, source, parent: order.id });
  },
};

const again: OrderAction = {
  name: 'again',
  async run(context, order) {
    const change = { ...noChange, seed: randomSeed() };
    const job = await dreamJob(context, change, dreamOf(order));
    await context.order({ job, ...picturesAgain(order), parent: order.id });
  },
};

const otherLayer: OrderAction = {
  name: 'layer',
  async run(context, order, choice) {
    const { model, recipe } = dreamOf(order);
    if (choice === undefined) {
      const { layersWorthDreaming } = await context.models.describe(model);
      const choices = layersWorthDreaming
        .filter((layer) => layer !== recipe.layer)
        .slice(0, 25)
        .map((layer) => ({ value: layer, label: layer }));
      if (choices.length === 0) {
        const message = `${model} has no other layer that is known to be worth it`;
        throw new DreamError('unknown-layer', message, 'Name any of its layers: `/redo layer:…`.');
      }
      const menu = { action: `layer:${order.id}`, placeholder: 'Choose a layer', choices };
      await context.reply({ text: 'Which layer?', menu }, { private: true });
      return;
    }
    const job = await dreamJob(context, { ...noChange, layer: choice }, dreamOf(order));
    await context.order({ job, ...picturesAgain(order), parent: order.id });
  },
};

/** What a change too small to be seen has changed. */
const difference: OrderAction = {
  name: 'difference',
  async run({ studio, reply }, order) {
    const [before, after] = await Promise.all([studio.source(order.id), studio.result(order.id)]);
    await reply(async () => {
      const { png, amplification } = await drawDifference(before, after);
      const text = `What was changed, ${amplification.toPrecision(2)} times as strong as it is, on grey.`;
      const spoiler = order.spoiler || order.result?.doubtful === true;
      const drawn = { name: `difference-${order.id}`, alt: text, spoiler };
      return { text, picture: drawnPicture(drawn, png) };
    });
  },
};

const cancel: OrderAction = {
  name: 'cancel',
  async run({ studio, dismiss }, order) {
    if (await studio.cancel(order.id)) return dismiss();
    throw new DreamError('unknown-order', 'this dream is done already');
  },
};

export const actions: readonly Action[] = [
  deeper,
  again,
  otherLayer,
  zoom,
  difference,
  cancel,
  ...contestActions,
];

function dreamOf({ job }: Order): DreamJob {
  if (job.kind === 'dream') return job;
  throw new DreamError('unknown-order', 'this is a sheet of layers, not a dream');
}
