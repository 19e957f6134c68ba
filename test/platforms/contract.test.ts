/** One conversation, with the whole bot, on every platform: real protocol, real renders. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { discordHarness } from '../helpers/discord-harness.ts';
import type { PlatformHarness, Seen, Who } from '../helpers/platform-harness.ts';
import { slackHarness } from '../helpers/slack-harness.ts';
import { startTestBot } from '../helpers/test-bot.ts';
import type { TestBot } from '../helpers/test-bot.ts';
import { webHarness } from '../helpers/web-harness.ts';

const harnesses: readonly (readonly [string, () => Promise<PlatformHarness>])[] = [
  ['web', () => webHarness(commands)],
  ['discord', () => discordHarness(commands)],
  ['slack', slackWithoutParts],
];

const QUICK = { layer: 'mixed0', octaves: '1', steps: '2', size: '120' };
/** On a picture of that size half a minute and more: what is to be cancelled is still under way. */
const SLOW = { layer: 'mixed5', octaves: '1', steps: '100', size: '640' };

/** It needs nothing of the bot: its harness takes settings of the connection instead. */
async function slackWithoutParts(): Promise<PlatformHarness> {
  const harness = await slackHarness(commands);
  return { ...harness, connect: () => harness.connect() };
}

function photoOf(width: number): Promise<Buffer> {
  return sharp('examples/clouds.png').resize(width).png().toBuffer();
}

/** Milliseconds. */
const PATIENCE = 80_000;

describe.each(harnesses)('%s', (_, open) => {
  let harness: PlatformHarness;
  let bot: TestBot;
  let folder: string;
  let photo: Uint8Array;

  const start = (): Promise<TestBot> =>
    startTestBot(folder, (studio) =>
      harness.connect({ shelf: studio.shelf, pictures: { read: (id) => readPicture(studio, id) } }),
    );

  beforeAll(async () => {
    photo = await photoOf(120);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dream-contract-'));
    harness = await open();
    bot = await start();
  });

  afterEach(async () => {
    await bot.stop();
    await harness.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What the person sees, as soon as something fits; if it never does, what stands there instead. */
  async function sees(who: Who, fits: (message: Seen) => boolean): Promise<Seen> {
    const late = after(PATIENCE, 'late' as const, { ref: false });
    for (;;) {
      // Asked for before looking: no change between the two is missed.
      const changed = harness.changed();
      const messages = await harness.messages(who);
      const found = messages.find(fits);
      if (found) return found;
      if ((await Promise.race([changed, late])) !== 'late') continue;
      throw new Error(`${who} sees only ${JSON.stringify(messages, withoutPictures, 1)}`);
    }
  }

  /** Where pictures come as messages of their own, the two need not come at one moment. */
  const isResult = ({ buttons, picture }: Seen): boolean =>
    picture !== null && buttons.some(({ action }) => action.startsWith('deeper:'));

  function actionOf({ buttons }: Seen, name: string): string {
    return buttons.find(({ action }) => action.startsWith(`${name}:`))!.action;
  }

  async function results(): Promise<readonly Seen[]> {
    return (await harness.messages('ann')).filter(isResult);
  }

  /** What cannot be taken back is asked for twice, of the one who asked alone. */
  async function closeContest(window: 'submission' | 'voting'): Promise<void> {
    await harness.command('ann', 'contest close', {});
    const action = new RegExp(`^close:\\w+:${window}$`);
    const asked = await sees('ann', ({ buttons }) =>
      buttons.some((each) => action.test(each.action)),
    );
    expect(asked.private).toBe(true);
    expect(asked.text).toMatch(/cannot be taken back/);
    await harness.press('ann', asked, actionOf(asked, 'close'));
  }

  it('answers a picture with a dream, then goes deeper', async () => {
    await harness.command('ann', 'dream', QUICK, photo);
    const first = await sees('ann', isResult);
    const { width, height } = await sharp(first.picture!).metadata();
    expect([width, height]).toEqual([120, 80]);
    expect(Buffer.from(first.picture!).equals(Buffer.from(photo))).toBe(false);
    expect(first.alt).toContain('mixed0');
    expect(first.fields).toContain('seed');
    expect(first.private).toBe(false);

    await harness.press('ann', first, actionOf(first, 'deeper'));
    const second = await sees('ann', (message) => isResult(message) && message.id !== first.id);
    expect(Buffer.from(second.picture!).equals(Buffer.from(first.picture!))).toBe(false);
    expect(await results()).toHaveLength(2);
  });

  it('dreams where a mask is white, and again there', async () => {
    const wide = { ...QUICK, octaves: '2' };
    await harness.command('ann', 'dream', wide, photo, await halfMask());
    const first = await sees('ann', isResult);
    expect(first.fields).toContain('Mask');
    expect(await changes(photo, first.picture!)).toEqual({ left: true, right: false });
    await harness.press('ann', first, actionOf(first, 'again'));
    const second = await sees('ann', (message) => isResult(message) && message.id !== first.id);
    expect(await changes(photo, second.picture!)).toEqual({ left: true, right: false });
  });

  it('takes a button that is pressed twice in a hurry for one', async () => {
    await harness.command('ann', 'dream', QUICK, photo);
    const first = await sees('ann', isResult);
    const deeper = actionOf(first, 'deeper');
    await Promise.all([harness.press('ann', first, deeper), harness.press('ann', first, deeper)]);
    await sees('ann', (message) => isResult(message) && message.id !== first.id);
    const { waiting, rendering } = await bot.studio.queue();
    expect([...waiting, ...rendering]).toEqual([]);
    expect(await results()).toHaveLength(2);
  });

  it('dreams at another layer, chosen from a menu', async () => {
    await harness.command('ann', 'dream', QUICK, photo);
    const first = await sees('ann', isResult);
    await harness.press('ann', first, actionOf(first, 'layer'));
    const menu = await sees('ann', (message) => message.menu !== null);
    expect(menu.private).toBe(true);
    await harness.press('ann', menu, menu.menu!.action, 'mixed1');
    const second = await sees('ann', (message) => isResult(message) && message.id !== first.id);
    expect(second.alt).toContain('mixed1');
  });

  it('lets nobody else press the buttons', async () => {
    await harness.command('ann', 'dream', QUICK, photo);
    const result = await sees('ann', isResult);
    await harness.press('bob', result, actionOf(result, 'deeper'));
    const refusal = await sees('bob', ({ text }) => /this dream is ann/i.test(text));
    expect(refusal.private).toBe(true);
    expect(await results()).toHaveLength(1);
  });

  it('cancels what is under way', async () => {
    await harness.command('ann', 'dream', SLOW, await photoOf(640));
    const running = await sees(
      'ann',
      ({ text, buttons }) => /octave/.test(text) && buttons.length > 0,
    );
    await harness.press('ann', running, actionOf(running, 'cancel'));
    await sees('ann', ({ text }) => /was cancelled/.test(text));
    // The render process is free for somebody else.
    await harness.command('bob', 'dream', QUICK, photo);
    await sees('bob', isResult);
  });

  it('tells mistakes to the person alone', async () => {
    await harness.command('ann', 'dream', { layer: 'mixd5' }, photo);
    const problem = await sees('ann', ({ text }) => /mixd5/.test(text));
    expect(problem.text).toContain('mixed5');
    expect(problem.private).toBe(true);
    expect((await harness.messages('bob')).map(({ id }) => id)).not.toContain(problem.id);
  });

  it('says why a file is not a picture', async () => {
    await harness.command('ann', 'dream', QUICK, Buffer.from('<html>not a picture</html>'));
    const problem = await sees('ann', ({ text }) => /expected/i.test(text));
    expect(problem.picture).toBeNull();
  });

  it('completes layers', async () => {
    const layers = await harness.complete('ann', 'dream', 'layer', 'mixed');
    expect(layers).toContain('mixed5');
    expect(layers.length).toBeLessThanOrEqual(25);
  });

  it('goes on after a restart, and its buttons work', async () => {
    const large = await sharp('examples/clouds.png').resize(240).png().toBuffer();
    await harness.command('ann', 'dream', { ...QUICK, steps: '40', size: '240' }, large);
    await sees('ann', ({ text }) => /octave|line|ready/.test(text));
    await bot.stop();
    bot = await start();
    const result = await sees('ann', isResult);
    await bot.stop();
    bot = await start();
    expect(await results()).toHaveLength(1);
    await harness.press('ann', result, actionOf(result, 'again'));
    await sees('ann', (message) => isResult(message) && message.id !== result.id);
  });

  it('holds a contest: start, enter, vote, close, results', async () => {
    await harness.command('bob', 'contest start', { theme: 'Mine' });
    await sees('bob', ({ text }) => /only admins/i.test(text));
    await harness.command('ann', 'contest start', { theme: 'Soft clouds', until: '2 days' });
    await sees('bob', ({ text }) => /contest of dreams: .*Soft clouds/.test(text));
    for (const [who, number] of [
      ['ann', 1],
      ['bob', 2],
    ] as const) {
      await harness.command(who, 'dream', QUICK, photo);
      const entered: string[] = (await results()).map(({ id }) => id).slice(0, number - 1);
      const dream = await sees(who, (each) => isResult(each) && !entered.includes(each.id));
      await harness.press(who, dream, actionOf(dream, 'enter'));
      const answer = await sees(who, ({ text }) => text.includes(`is entry ${number} of`));
      expect(answer.private).toBe(true);
    }
    await harness.command('bob', 'contest close', {});
    await sees('bob', ({ text }) => /only those who run/i.test(text));
    await closeContest('submission');
    const opened = await sees('bob', ({ text }) => /voting has begun, 2 dreams/.test(text));

    await harness.press('bob', opened, actionOf(opened, 'vote'));
    const ballot = await sees('bob', ({ menu, picture }) => menu !== null && picture !== null);
    // Nobody votes for themselves, and nobody is told whose the others are.
    expect(ballot.menu!.values).toEqual(['1']);
    expect(ballot.fields).not.toMatch(/by/);
    await harness.press('bob', ballot, ballot.menu!.action, '1');
    await sees('bob', ({ text }) => /Your vote: entry 1/.test(text));
    expect((await harness.messages('ann')).map(({ id }) => id)).not.toContain(ballot.id);

    await closeContest('voting');
    const over = await sees('bob', ({ text }) => /2 dreams, 1 voter/.test(text));
    expect(over.text).toMatch(/1\. \*\*Entry 1\*\* by ann/i);
    expect(over.private).toBe(false);
    const podium = await sees('bob', ({ id, picture }) => id === over.id && picture !== null);
    expect(podium.alt).toMatch(/winners.*ann/i);
    await harness.command('bob', 'contest results', {});
    await sees('bob', ({ id, text }) => id !== over.id && /2 dreams, 1 voter/.test(text));
    await harness.command('ann', 'contest export', { format: 'results-csv' });
    await sees('ann', ({ text }) => /^\*\*Soft clouds\*\*$/.test(text));
  });

  it('keeps its settings for admins', async () => {
    await harness.command('bob', 'settings set', { largest_size: '128' });
    await sees('bob', ({ text }) => /for admins/.test(text));
    await harness.command('ann', 'settings set', { largest_size: '128' });
    await sees('ann', ({ fields }) => fields.includes('128'));
    await harness.command('ann', 'dream', { ...QUICK, size: '200' }, photo);
    await sees('ann', ({ text }) => /at most 128/.test(text));
  });
});

/** White on the left, black on the right. */
async function halfMask(): Promise<Uint8Array> {
  const white = { width: 60, height: 80, channels: 3, background: 'white' } as const;
  return sharp({ create: white }).extend({ right: 60, background: 'black' }).png().toBuffer();
}

/** Whether two pictures of 120×80 differ at their left and at their right. */
async function changes(
  before: Uint8Array,
  after: Uint8Array,
): Promise<{ left: boolean; right: boolean }> {
  const part = (picture: Uint8Array, left: number): Promise<Buffer> =>
    sharp(picture).extract({ left, top: 0, width: 40, height: 80 }).removeAlpha().raw().toBuffer();
  const differ = async (left: number): Promise<boolean> =>
    !(await part(before, left)).equals(await part(after, left));
  return { left: await differ(0), right: await differ(80) };
}

function readPicture(studio: TestBot['studio'], id: string): Promise<Uint8Array> {
  const [order, which] = id.split('/');
  return which === 'result' ? studio.result(order!) : studio.source(order!);
}

function withoutPictures(key: string, value: unknown): unknown {
  return key === 'picture' && value !== null ? 'a picture' : value;
}
