/** How dreams come into a contest, and out of it again. */
import type { Context, ContestAction, OrderAction, SimpleCommand } from '../../src/chat/command.ts';
import { contestButton } from '../../src/chat/contests/words.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { samePlace } from '../../src/studio/contests/rights.ts';
import type { ContestFacts } from '../../src/studio/contests/views.ts';
import { dreamJob, noChange } from '../dream-options.ts';
import { entryOption } from './numbers.ts';
import { contestOption, runningContest } from './which.ts';

const submitOptions = {
  order: {
    kind: 'text',
    description: 'Which of your dreams; without it, the newest',
    maxLength: 12,
    completes: 'order',
  },
  title: { kind: 'text', description: 'What it is called', maxLength: 80 },
  ...contestOption,
} as const;

export const submit: SimpleCommand<typeof submitOptions> = {
  name: 'submit',
  description: 'Enter one of your dreams',
  options: submitOptions,
  async run(context, { order, title, contest: wanted }) {
    const contest = await runningContest(context, wanted, ['submission']);
    await enterDream(context, contest, order ?? (await newestDream(context)), title);
  },
};

/** Under every dream. */
export const enter: OrderAction = {
  name: 'enter',
  async run(pressed, { id, place }, choice) {
    // Where the channel is closed to the bot, the dream stands in a conversation of two.
    const context = { ...pressed, place, actor: { ...pressed.actor, place } };
    const running = await context.contests.read.running(context.actor);
    const open = running.filter(({ phase }) => phase === 'submission');
    if (open.length < 2 || choice !== undefined) {
      const contest = await runningContest(context, choice, ['submission']);
      await enterDream(context, contest, id);
      return;
    }
    const choices = open.slice(0, 25).map(({ id: value, theme }) => ({ value, label: theme }));
    const menu = { action: `enter:${id}`, placeholder: 'A contest', choices };
    await context.reply({ text: 'Which contest?', menu }, { private: true });
  },
};

const withdrawOptions = {
  entry: { ...entryOption, required: false, description: 'Its number; without it, your only one' },
  ...contestOption,
} as const;

export const withdraw: SimpleCommand<typeof withdrawOptions> = {
  name: 'withdraw',
  description: 'Take a dream of yours out of a contest',
  options: withdrawOptions,
  async run(context, { entry, contest: wanted }) {
    const contest = await runningContest(context, wanted);
    const number = entry ?? (await onlyEntry(context, contest));
    await context.contests.withdraw(context.actor, contest.id, number);
    const text = `Entry ${number} is out of **${contest.theme}**.`;
    await context.reply({ text }, { private: true });
  },
};

/** Dreams on the picture that everybody begins with. */
export const begin: ContestAction = {
  name: 'begin',
  about: 'contest',
  async run(context, { contest: id }) {
    const { contest } = await context.contests.read.status(context.actor, id);
    const { start, layers, models } = contest.settings;
    if (!start) throw new DreamError('wrong-phase', 'in this contest everybody chooses a picture');
    if (contest.phase !== 'submission') {
      throw new DreamError('wrong-phase', 'this contest takes no more entries', 'Try /dream.');
    }
    await context.order({
      job: await dreamJob(context, { ...noChange, layer: layers[0], model: models[0] }),
      source: start.from === 'clouds' ? start : { from: 'source', order: start.order },
    });
  },
};

async function enterDream(
  context: Context,
  { id, theme, settings, place }: ContestFacts,
  order: string,
  title?: string,
): Promise<void> {
  const { number, state } = await context.contests.enter(context.actor, id, order, title);
  const entered = (waits: string): Outbound => ({
    text: `Your dream is entry ${number} of **${theme}**.${waits}\n\`/contest withdraw entry:${number}\` takes it out again.`,
  });
  const waiting = state === 'waiting' ? ' It waits for approval.' : '';
  if (!settings.moderated || state !== 'waiting') {
    await context.reply(entered(waiting), { private: true });
    return;
  }
  const notice = {
    text: `**${theme}**: entry ${number} waits for approval.`,
    buttons: [contestButton('review', id, 'Review')],
  };
  const tell = async (): Promise<Outbound> => {
    const told = await context.announce(place, notice, `review-${id}-${number}`);
    return entered(
      told ? waiting : `${waiting} Who approves could not be told: tell them yourself.`,
    );
  };
  await context.reply(tell, { private: true });
}

async function newestDream({ studio, person, place }: Context): Promise<string> {
  const orders = await studio.ordersOf({ platform: place.platform, id: person.id }, 100);
  const here = orders.filter((order) => samePlace(order.place, place));
  const newest = here.find(({ job, result }) => job.kind === 'dream' && result !== undefined);
  if (newest) return newest.id;
  throw new DreamError('unknown-order', 'you have no dream here yet', 'Start one with /dream.');
}

async function onlyEntry({ contests, actor }: Context, { id }: ContestFacts): Promise<number> {
  const entries = await contests.read.entries(actor, id);
  const own = entries.filter((entry) => entry.own && ['waiting', 'approved'].includes(entry.state));
  const [only, ...others] = own;
  if (only && others.length === 0) return only.number;
  if (!only) throw new DreamError('unknown-entry', 'you have no dream in this contest');
  const numbers = own.map(({ number }) => number).join(', ');
  throw new DreamError(
    'bad-option',
    `you have several dreams in this contest: ${numbers}`,
    'Say which one.',
  );
}
