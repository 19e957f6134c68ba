/** `/contest` from its first word to its results, without a platform. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/kit/log.ts';
import type { Place } from '../../src/studio/order.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { boss, ContestChat, person } from '../helpers/contest-chat.ts';
import { DAY, home, START } from '../helpers/contests.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const root = temporaryFolder();
const ada = person('ada');
const bob = person('bob');
const cleo = person('cleo');

let chat: ContestChat;

beforeEach(async () => {
  const folder = mkdtempSync(join(root, 'home-'));
  const open = () => openDatabase(folder, silentLog);
  chat = await ContestChat.open({ folder, open }, 'https://dreams.example.org/gallery');
});

afterEach(() => chat.open.close());

/** Each of them enters a dream: the first is entry 1. */
async function enter(...people: (typeof ada)[]): Promise<void> {
  const background = '#5a6acf';
  const create = { width: 40, height: 30, channels: 3, background } as const;
  const picture = await sharp({ create }).png().toBuffer();
  for (const who of people) await chat.press(who, `enter:${chat.dream(who, picture)}`);
}

async function size(said: Awaited<ReturnType<ContestChat['say']>>): Promise<number[]> {
  const { width, height } = await sharp((await said.picture!.fileWithin(1e7)).bytes).metadata();
  return [width, height];
}

function values({ fields = [] }: { fields?: readonly { name: string; value: string }[] }) {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

describe('/contest start', () => {
  it('tells everybody the rules, with moments that each reads in their own zone', async () => {
    const said = await chat.say(boss, 'start', {
      ...{ theme: 'Soft clouds', until: '2 days', vote_until: '4 days', voting: 'ranked' },
      ...{ entries: '2', layers: 'mixed3, mixed4', moderated: 'yes', account_days: '30' },
    });
    expect(said.private).toBe(false);
    expect(said.text).toContain('**Soft clouds**');
    expect(values(said)).toMatchObject({
      'Dreams until': `<t:${(START + 2 * DAY) / 1000}>`,
      'Votes until': `<t:${(START + 4 * DAY) / 1000}>`,
      'Entries each': '2',
      Layers: 'mixed3, mixed4',
      Entries: 'wait for approval',
      'Who votes': 'an account of at least 30 days',
    });
  });

  it('takes a week for dreams and three days for votes where nothing is said', async () => {
    const said = await chat.say(boss, 'start', { theme: 'Clouds' });
    expect(values(said)['Dreams until']).toBe(`<t:${(START + 7 * DAY) / 1000}>`);
    expect(values(said)['Votes until']).toBe(`<t:${(START + 10 * DAY) / 1000}>`);
  });

  it.each([
    [{ until: 'someday' }, /someday/],
    [{ until: '3 days', vote_until: '2 days' }, /after submissions/],
    [{ runners: 'the artists' }, /expected a role such as @Artists/i],
    [{ winner_role: '@winner' }, /expected a role/i],
    [{ picture: 'nosuchorder1' }, /not here/],
  ])('refuses %j', async (wrong, why) => {
    const said = await chat.say(boss, 'start', { theme: 'Clouds', ...wrong });
    expect(said.private).toBe(true);
    expect(said.text).toMatch(why);
    expect((await chat.say(boss, 'status')).text).toMatch(/has been no contest here yet/i);
  });

  it('is what there is to do where there has been none, and never the same question again', async () => {
    for (const asked of ['status', 'entries', 'submit', 'vote']) {
      const { text } = await chat.say(ada, asked);
      expect(text).toMatch(/no contest/i);
      expect(text).toContain('`/contest start theme:');
    }
    expect((await chat.say(ada, 'results')).text).toContain('`/contest status`');
  });

  it('names the times that are still to come, and none that an early end has made untrue', async () => {
    await chat.start();
    const times = async (): Promise<string[]> => {
      const { fields = [] } = await chat.say(ada, 'status');
      return fields.map(({ name }) => name).filter((name) => name.endsWith(' until'));
    };
    expect(await times()).toEqual(['Dreams until', 'Votes until']);
    await enter(ada, bob);
    await chat.close();
    expect(await times()).toEqual(['Votes until']);
    await chat.close();
    expect(await times()).toEqual([]);
  });

  it('takes layers as they are spelled, and none that no model has', async () => {
    const said = await chat.say(boss, 'start', { theme: 'Clouds', layers: 'mixed3 mixd4' });
    expect(said.text).toMatch(/no layer 'mixd4'/);
    const started = await chat.say(boss, 'start', { theme: 'Clouds', layers: 'MIXED4 mixed3:PRE' });
    expect(values(started)['Layers']).toBe('mixed4, mixed3:pre');
    expect((await chat.press(ada, `enter:${chat.dream(ada)}`)).text).toContain('entry 1');
  });

  it.each([
    { account_days: '30' },
    { member_days: '0' },
    { runners: '12345678' },
    { winner_role: '12345678' },
  ])('makes no rule of what nobody tells it here: %j', async (rule) => {
    const elsewhere = person('head', { admin: true });
    const said = await chat.say(elsewhere, 'start', { theme: 'Clouds', ...rule });
    expect(said.text).toMatch(/does not tell that of people/);
    expect((await chat.say(elsewhere, 'start', { theme: 'Clouds' })).private).toBe(false);
  });

  it('says in words how many roles may do so', async () => {
    const one = await chat.say(boss, 'runners', { roles: '12345678' });
    expect(one.text).toBe('Admins start contests here, and people with the role that you named.');
    const two = await chat.say(boss, 'runners', { roles: '12345678, 23456789' });
    expect(two.text).toContain('people with one of the 2 roles that you named');
  });

  it('understands mentions of roles', async () => {
    await chat.start({
      runners: '<@&1200000000000000001>',
      winner_role: '<@&1200000000000000002>',
    });
    const [contest] = await chat.open.contests.read.running({ ...boss, place: home, roles: [] });
    expect(contest!.settings.runners).toEqual(['1200000000000000001']);
    expect(contest!.settings.winnerRole).toBe('1200000000000000002');
  });
});

describe('entries', () => {
  it('come by the button or by command, and go again', async () => {
    await chat.start();
    const first = await chat.press(ada, `enter:${chat.dream(ada)}`);
    expect(first.text).toContain('entry 1 of **Clouds**');
    expect(first.private).toBe(true);
    const order = chat.dream(bob);
    expect((await chat.say(bob, 'submit', { order, title: 'Sheep' })).text).toContain('entry 2');
    // Twice is once.
    expect((await chat.press(bob, `enter:${order}`)).text).toContain('entry 2');
    const more = await chat.press(bob, `enter:${chat.dream(bob)}`);
    expect(more.text).toMatch(/at most 1/);
    expect((await chat.say(bob, 'withdraw')).text).toContain('Entry 2 is out');
    expect((await chat.press(bob, `enter:${chat.dream(bob)}`)).text).toContain('entry 3');
  });

  it('ask which contest where there are several', async () => {
    const clouds = await chat.start();
    await chat.start({ theme: 'Forests' });
    const order = chat.dream(ada);
    const asked = await chat.press(ada, `enter:${order}`);
    expect(asked.menu!.choices.map(({ label }) => label).sort()).toEqual(['Clouds', 'Forests']);
    expect((await chat.press(ada, asked.menu!.action, clouds)).text).toContain('**Clouds**');
    expect((await chat.say(bob, 'submit', { order })).text).toMatch(/several contests/i);
  });

  it('find a contest whose theme another begins with, and one of two that are called the same', async () => {
    await chat.start({ theme: 'Clouds at night' });
    const clouds = await chat.start({ theme: 'Clouds' });
    const status = await chat.say(ada, 'status', { contest: 'clouds' });
    expect(status.text).toContain('**Clouds** takes dreams');
    const same = await chat.start({ theme: 'Clouds' });
    const asked = await chat.say(boss, 'close', { contest: 'Clouds' });
    for (const id of [clouds, same]) expect(asked.text).toContain(`'Clouds' (\`${id}\`)`);
    expect(asked.text).not.toContain('at night');
    const one = await chat.say(boss, 'close', { contest: same });
    expect(one.buttons![0]!.action).toBe(`close:${same}:submission`);
  });

  it('say that a dream has a mask, and stay behind their veil', async () => {
    await chat.start();
    const order = chat.dream(ada, undefined, {
      mask: { from: 'attachment', reference: 'mask', name: 'mask.png' },
    });
    await chat.press(ada, `enter:${order}`);
    const said = await chat.say(bob, 'entries');
    expect(values(said)['Entry 1']).toContain('with a mask');
    expect(said.picture!.spoiler).toBe(false);
    await chat.press(bob, `enter:${chat.dream(bob, undefined, { spoiler: true })}`);
    expect((await chat.say(cleo, 'entries')).picture!.spoiler).toBe(true);
    await chat.close();
    expect((await chat.say(cleo, 'vote')).picture!.spoiler).toBe(true);
  });

  it('are of the server where they are made, also where their button stands elsewhere', async () => {
    await chat.start();
    const here = chat.dream(ada);
    chat.dream(ada, undefined, { place: { platform: 'test', server: 'another', channel: 'x' } });
    expect((await chat.say(ada, 'submit')).text).toContain('entry 1');
    const alone: Place = { platform: 'test', channel: 'ada and the bot' };
    expect((await chat.press(ada, `enter:${here}`, undefined, alone)).text).toContain('entry 1');
    const none = await chat.press(bob, `enter:${here}`, undefined, alone);
    expect(none.text).toMatch(/this dream is ada/i);
  });

  it('are told of in whole letters, however long their titles are', async () => {
    await chat.start({ entries: '20' });
    for (let entry = 0; entry < 16; entry++) {
      const title = `${'x'.repeat(entry % 2)}${'🐶'.repeat(39)}`;
      await chat.say(ada, 'submit', { order: chat.dream(ada), title });
    }
    for (const who of [ada, bob, cleo, boss]) {
      expect((await chat.say(who, 'entries')).picture!.alt).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('say so where no contest is running', async () => {
    expect((await chat.press(ada, `enter:${chat.dream(ada)}`)).text).toMatch(/no contest/i);
  });

  it('show nobody whose they are before the end, and everybody another order', async () => {
    await chat.start({ hide_authors: 'yes' });
    const people = Array.from({ length: 8 }, (_, index) => person(`person${index}`));
    await enter(...people);
    const orders = new Set<string>();
    for (const viewer of [ada, bob, cleo, boss]) {
      const { fields = [], picture } = await chat.say(viewer, 'entries');
      expect(fields).toHaveLength(8);
      expect(JSON.stringify(fields) + picture!.alt).not.toMatch(/person\d/);
      orders.add(fields.map(({ name }) => name).join());
    }
    expect(orders.size).toBeGreaterThan(1);
    const own = await chat.say(people[3]!, 'entries');
    expect(own.fields!.filter(({ value }) => value.includes('yours'))).toHaveLength(1);
  });

  it('turn pages where a menu is full', async () => {
    const id = await chat.start({ voting: 'ranked' });
    await enter(...Array.from({ length: 27 }, (_, index) => person(`person${index}`)));
    const first = await chat.say(ada, 'entries');
    expect(first.fields).toHaveLength(25);
    const next = await chat.press(ada, first.buttons!.at(-1)!.action);
    expect(next.fields).toHaveLength(2);
    await chat.close();
    const ballot = await chat.press(ada, `vote:${id}:1`);
    const [last] = ballot.menu!.choices;
    const after = await chat.press(ada, ballot.menu!.action, last!.value);
    expect(after.text).toContain(`1. entry ${last!.value}`);
    expect(after.menu!.choices).toHaveLength(2);
  });
});

describe('votes', () => {
  it('of approval: a menu that adds and takes away', async () => {
    await chat.start({ voting: 'approval' });
    await enter(ada, bob, cleo);
    expect((await chat.say(ada, 'vote')).text).toMatch(/has not begun/);
    await chat.close();
    const asked = await chat.say(ada, 'vote');
    expect(asked.private).toBe(true);
    expect(asked.menu!.choices.map(({ value }) => value).sort()).toEqual(['2', '3']);
    expect(await size(asked)).toEqual([636, 372]);
    const { action } = asked.menu!;
    await chat.press(ada, action, '3');
    expect((await chat.press(ada, action, '2')).text).toContain('Your vote: entries 2, 3');
    // The same press again at once would be a double click.
    const less = await chat.press(ada, action.replace(/0$/, '1'), '3');
    expect(less.text).toContain('Your vote: entry 2.');
    expect((await chat.press(ada, less.buttons![0]!.action)).text).toContain('Which ones');
    expect((await chat.press(ada, action, '1')).text).toMatch(/own dream/);
    expect((await chat.say(ada, 'vote', { entries: '3 #2' })).text).toContain('entries 2, 3');
  });

  it('keep both of two dreams that are chosen at the same moment', async () => {
    const id = await chat.start({ voting: 'approval' });
    await enter(ada, bob, cleo);
    await chat.close();
    await Promise.all(['1', '2', '3'].map((entry) => chat.press(boss, `pick:${id}:0`, entry)));
    expect((await chat.say(boss, 'vote')).text).toContain('Your vote: entries 1, 2, 3.');
  });

  it('go on where a dream of theirs is out', async () => {
    const id = await chat.start({ voting: 'ranked' });
    await enter(ada, bob, cleo);
    await chat.close();
    await chat.say(boss, 'vote', { entries: '2,3' });
    await chat.say(bob, 'withdraw');
    expect((await chat.say(boss, 'vote')).text).toContain('Your vote: 1. entry 3.');
    const more = await chat.press(boss, `pick:${id}:0`, '1');
    expect(more.text).toContain('Your vote: 1. entry 3, 2. entry 1.');
  });

  it('of ranks: the best first', async () => {
    const id = await chat.start({ voting: 'ranked' });
    await enter(ada, bob, cleo);
    await chat.close();
    const { action } = (await chat.press(ada, `vote:${id}`)).menu!;
    await chat.press(ada, action, '3');
    const ranked = await chat.press(ada, action, '2');
    expect(ranked.text).toContain('1. entry 3, 2. entry 2');
    expect((await chat.say(ada, 'vote', { entries: '2,3' })).text).toContain(
      '1. entry 2, 2. entry 3',
    );
    expect((await chat.say(ada, 'vote', { entries: '2,two' })).text).toMatch(/numbers such as/);
  });

  it('of duels: the next two at once, until all are decided', async () => {
    await chat.start({ voting: 'duels' });
    await enter(ada, bob, cleo, person('dan'));
    await chat.close();
    let said = await chat.say(ada, 'vote');
    expect(await size(said)).toEqual([1316, 721]);
    for (let duel = 1; duel <= 3; duel++) {
      expect(said.text).toContain(`duel ${duel} of 3`);
      expect(said.buttons!.map(({ label }) => label)).toEqual(['A', 'B', 'Equally good']);
      said = await chat.press(ada, said.buttons![duel % 3]!.action);
    }
    expect(said.text).toMatch(/every duel/);
    const made = await chat.press(bob, said.buttons?.[0]?.action ?? 'duel:x:1-3:1');
    expect(made.text).toMatch(/no such contest/i);
  });

  it('of duels: go on with what is left where a dream is out', async () => {
    await chat.start({ voting: 'duels' });
    await enter(ada, bob, cleo);
    await chat.close();
    let said = await chat.say(boss, 'vote');
    const seen: string[] = [];
    for (let duel = 0; duel < 2; duel++) {
      seen.push(said.buttons![0]!.action.split(':')[2]!);
      said = await chat.press(boss, said.buttons![2]!.action);
    }
    // Both had one dream in common; without it, the pair of the others is left.
    const [one, other] = seen.map((pair) => pair.split('-'));
    const common = Number(one!.find((entry) => other!.includes(entry)));
    await chat.say([ada, bob, cleo][common - 1]!, 'withdraw');
    const last = await chat.say(boss, 'vote');
    expect(last.text).toContain('duel 3 of 3');
    expect((await chat.press(boss, last.buttons![0]!.action)).text).toMatch(/every duel/);
  });

  it('let nobody choose their pairs', async () => {
    const id = await chat.start({ voting: 'duels' });
    await enter(ada, bob, cleo);
    await chat.close();
    expect((await chat.press(person('eve'), `duel:${id}:1-2:1`)).text).toMatch(/not the pair/);
    expect((await chat.press(person('eve'), `duel:${id}:1-2:9x`)).text).toMatch(/does not belong/);
    expect((await chat.say(person('eve'), 'vote', { entries: '1' })).text).toMatch(/duels/);
  });
});

describe('moderation', () => {
  it('says so where nobody learns that an entry waits', async () => {
    await chat.start({ moderated: 'yes' });
    chat.closed = true;
    const said = await chat.press(ada, `enter:${chat.dream(ada)}`);
    expect(said).toMatchObject({ private: true });
    expect(said.text).toMatch(/waits for approval\. Who approves could not be told/);
  });

  it('shows what waits to those who run it, one after another', async () => {
    const id = await chat.start({ moderated: 'yes' });
    await enter(ada, bob, cleo);
    expect(chat.announced.map(({ key }) => key)).toEqual([1, 2, 3].map((n) => `review-${id}-${n}`));
    expect(JSON.stringify(chat.announced)).not.toMatch(/ada|bob|cleo/);
    expect(chat.announced[0]!.outbound.picture).toBeUndefined();

    const first = await chat.press(boss, `review:${id}`);
    expect(first.private).toBe(true);
    expect(first.text).toMatch(/Entry 1[^]*3 waiting/);
    const second = await chat.press(boss, first.buttons![0]!.action);
    expect(second.text).toMatch(/Entry 2[^]*2 waiting/);
    const third = await chat.press(boss, second.menu!.action, '0');
    expect(third.text).toMatch(/Entry 3[^]*1 waiting/);
    await chat.say(boss, 'reject', { entry: '3', reason: 'A photograph' });
    const own = await chat.say(cleo, 'entries');
    expect(values(own)['Entry 3']).toMatch(/rejected: A photograph/);
    expect(Object.keys(values(await chat.say(bob, 'entries')))).toEqual(
      expect.arrayContaining(['Entry 1', 'Entry 2']),
    );
    expect(Object.keys(values(await chat.say(person('eve'), 'entries')))).toEqual(['Entry 1']);
  });
});

describe('the times of a contest', () => {
  it('can be moved, and everybody is told', async () => {
    const id = await chat.start({ until: '2 days', vote_until: '4 days' });
    const said = await chat.say(boss, 'reschedule', { until: '3 days' });
    expect(said.private).toBe(true);
    const [days3, days5] = [3, 5].map((days) => `<t:${(START + days * DAY) / 1000}>`);
    expect(said.text).toContain(`takes dreams until ${days3}, votes until ${days5}. Everybody is`);
    expect(chat.announced).toMatchObject([{ place: home, key: `contest-${id}-moved-${START}` }]);
    expect(chat.announced[0]!.outbound.text).toContain(`votes until ${days5}`);
    const status = await chat.say(ada, 'status');
    expect(values(status)).toMatchObject({ 'Dreams until': days3, 'Votes until': days5 });
  });

  it('are moved also where nobody could be told, and who moved them learns of that', async () => {
    await chat.start({ until: '2 days', vote_until: '4 days' });
    chat.closed = true;
    const said = await chat.say(boss, 'reschedule', { until: '3 days' });
    expect(said).toMatchObject({ private: true });
    expect(said.text).toMatch(/takes dreams until .*Nobody could be told of it/);
    expect(said.text).not.toContain('Everybody is told');
  });

  it.each([
    [{}, /nothing to change/],
    [{ until: '2 days' }, /at that time already/],
    [{ until: '5 days', vote_until: '5 days' }, /after submissions/],
    [{ vote_until: '400 days' }, /a year at most/],
  ] as readonly (readonly [Record<string, string>, RegExp])[])(
    'are refused where they are %j',
    async (times, why) => {
      await chat.start({ until: '2 days', vote_until: '4 days' });
      const said = await chat.say(boss, 'reschedule', times);
      expect(said.text).toMatch(why);
      expect(chat.announced).toEqual([]);
    },
  );

  it('are those of votes alone once voting has begun', async () => {
    await chat.start({ until: '2 days', vote_until: '4 days' });
    await enter(ada);
    await chat.close();
    expect((await chat.say(boss, 'reschedule', { until: '3 days' })).text).toMatch(/no entries/);
    const said = await chat.say(boss, 'reschedule', { vote_until: '1 day' });
    expect(said.text).toContain(`takes votes until <t:${(START + DAY) / 1000}>`);
  });
});

describe('the end', () => {
  it('comes before its time when it is asked for twice', async () => {
    const id = await chat.start();
    await enter(ada, bob);
    const asked = await chat.say(boss, 'close');
    expect(asked).toMatchObject({ private: true, buttons: [{ style: 'danger' }] });
    expect(asked.text).toMatch(/2 dreams so far\. Take no more dreams, before <t:\d+>\?/);
    expect((await chat.say(boss, 'status')).text).toContain('takes dreams');
    expect((await chat.press(boss, asked.buttons![0]!.action)).text).toContain('no more dreams');
    // Pressed again later on it does not end the next window.
    expect((await chat.press(boss, asked.buttons![0]!.action, 'x')).text).toMatch(/no entries any/);
    expect((await chat.say(boss, 'close')).buttons![0]!.action).toBe(`close:${id}:voting`);
    expect((await chat.say(boss, 'status')).text).toContain('is being voted on');
    expect((await chat.press(boss, `close:${id}:all`)).text).toMatch(/does not belong/);
  });

  async function over(): Promise<string> {
    const id = await chat.start();
    await enter(ada, bob);
    await chat.close();
    await chat.say(cleo, 'vote', { entries: '2' });
    await chat.close();
    return id;
  }

  it('has results with a picture, a link, a history and a hall of fame', async () => {
    const id = await over();
    const said = await chat.say(cleo, 'results');
    expect(said.text).toContain("1. **Entry 2** by bob's name · 1 vote");
    expect(await size(said)).toEqual([1920, 1080]);
    expect(said.link!.url).toBe(`https://dreams.example.org/gallery/${id}`);
    const history = await chat.say(cleo, 'history');
    expect(history.text).toContain('**Clouds**');
    expect(values(history)["bob's name"]).toBe('🥇 1 · 🥈 0 · 🥉 0');
  });

  it('comes by commands alone, were every message deleted, and counts who has left', async () => {
    await chat.start({ moderated: 'yes' });
    for (const who of [ada, bob]) await chat.say(who, 'submit', { order: chat.dream(who) });
    for (const entry of ['1', '2']) await chat.say(boss, 'approve', { entry });
    await chat.close();
    await chat.say(cleo, 'vote', { entries: '2' });
    // From here on neither bob, who entered, nor cleo, who voted, is heard of again.
    await chat.close();
    const said = await chat.say(ada, 'results');
    expect(said.text).toContain("1. **Entry 2** by bob's name · 1 vote");
  });

  it('is told before nobody', async () => {
    const id = await chat.start();
    await enter(ada, bob);
    await chat.close();
    await chat.say(cleo, 'vote', { entries: '2' });
    for (const who of [cleo, boss]) {
      expect((await chat.press(who, `results:${id}`)).text).toMatch(/hidden until/);
      expect((await chat.say(who, 'results', { contest: 'Clouds' })).text).toMatch(/hidden until/);
      expect((await chat.say(who, 'export')).text).toMatch(/no contest has ended/i);
      expect((await chat.say(who, 'status')).text).toContain('1 voter');
    }
  });

  it('can be exported by those who ran it', async () => {
    await over();
    const { document } = await chat.say(boss, 'export', { format: 'results-csv' });
    expect(document!.text.split('\r\n')[1]).toMatch(/^1,2,bob's name,/);
    const json = (await chat.say(boss, 'export')).document!;
    expect(JSON.parse(json.text)).toMatchObject({ contest: { theme: 'Clouds', voters: 1 } });
  });

  it('may be a cancellation', async () => {
    await chat.start();
    await enter(ada);
    const asked = await chat.say(boss, 'cancel', { reason: 'The weather' });
    expect(asked.text).toMatch(/1 dream, 0 voters so far.*: The weather\n.*cannot be taken back/s);
    expect((await chat.say(ada, 'status')).text).toContain('takes dreams until');
    await chat.press(boss, asked.buttons![0]!.action);
    expect((await chat.say(ada, 'status')).text).toContain('was cancelled: The weather');
    expect((await chat.say(ada, 'results')).text).toMatch(/no results/);
  });

  it('lose a picture that is taken down, and get it back', async () => {
    await over();
    const reason = 'It shows my house';
    expect((await chat.say(ada, 'reject', { entry: '2', reason })).text).toMatch(/only those/i);
    const down = await chat.say(boss, 'reject', { entry: '2', reason });
    expect(down.text).toMatch(/^Entry 2 keeps its place in \*\*Clouds\*\*.*approve entry:2/s);
    expect((await chat.say(ada, 'results')).text).toContain("1. **Entry 2** by bob's name");
    expect(Object.keys(values(await chat.say(ada, 'entries')))).toEqual(['Entry 1']);
    expect(values(await chat.say(bob, 'entries'))['Entry 2']).toContain(`removed: ${reason}`);
    await chat.say(boss, 'approve', { entry: '2' });
    expect(Object.keys(values(await chat.say(ada, 'entries')))).toEqual(['Entry 1', 'Entry 2']);
  });
});
