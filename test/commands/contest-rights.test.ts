/** Nobody does, or sees, in a contest what is not theirs, through any command or button. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contest as group, contestActions } from '../../commands/contest.ts';
import type { Person } from '../../src/chat/inbound.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Place } from '../../src/studio/order.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { boss, ContestChat, person } from '../helpers/contest-chat.ts';
import type { Said } from '../helpers/contest-chat.ts';
import { home } from '../helpers/contests.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const root = temporaryFolder();
const ada = person('ada');
const eve = person('eve');
/** An admin, but of another server. */
const stranger = person('stranger', { admin: true, roles: ['role-of-runners'] });
const elsewhere: Place = { platform: 'test', server: 'elsewhere', channel: 'contests' };

let chat: ContestChat;
let id: string;

type Phase = 'submission' | 'voting' | 'closed';

beforeEach(async () => {
  const folder = mkdtempSync(join(root, 'home-'));
  chat = await ContestChat.open({ folder, open: () => openDatabase(folder, silentLog) });
});

afterEach(() => chat.open.close());

/** Entry 1 is ada's and in it, entry 2 is ada's and waits, and nobody has voted. */
async function contestIn(phase: Phase): Promise<void> {
  id = await chat.start({ moderated: 'yes', entries: '2', hide_authors: 'yes' });
  for (let entry = 0; entry < 2; entry++) await chat.press(ada, `enter:${chat.dream(ada)}`);
  await chat.say(boss, 'approve', { entry: '1' });
  if (phase !== 'submission') await chat.close();
  if (phase === 'closed') await chat.close();
}

/** All that there is to know of it, for somebody who may know all of it. */
async function state(): Promise<string> {
  const actor = { ...boss, place: home, roles: [] };
  const { read } = chat.open.contests;
  return JSON.stringify([await read.status(actor, id), await read.entries(actor, id)]);
}

interface Attempt {
  readonly phase: Phase;
  readonly why: RegExp;
  readonly try: (who: Person, place: Place) => Promise<Said>;
}

const RUN = /only those who run this contest|only admins/i;

/** What only those who run the contest may do. */
const forRunners: Readonly<Record<string, Attempt>> = {
  start: {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'start', { theme: 'X' }, at),
  },
  runners: {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'runners', { roles: '12345678' }, at),
  },
  'runners, read': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'runners', {}, at),
  },
  'close submissions': {
    phase: 'submission',
    why: RUN,
    try: (who, at) => chat.say(who, 'close', {}, at),
  },
  'close voting': { phase: 'voting', why: RUN, try: (who, at) => chat.say(who, 'close', {}, at) },
  'reschedule submissions': {
    phase: 'submission',
    why: RUN,
    try: (who, at) => chat.say(who, 'reschedule', { until: '9 days' }, at),
  },
  'reschedule votes': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'reschedule', { vote_until: '9 days' }, at),
  },
  'button close': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.press(who, `close:${id}:voting`, undefined, at),
  },
  cancel: {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'cancel', { reason: 'X' }, at),
  },
  'button calloff': {
    phase: 'voting',
    why: RUN,
    try: async (who, at) => {
      await chat.say(who, 'cancel', { reason: 'X' }, at);
      return chat.press(who, `calloff:${id}`, undefined, at);
    },
  },
  approve: {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'approve', { entry: '2' }, at),
  },
  reject: {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.say(who, 'reject', { entry: '1', reason: 'X' }, at),
  },
  export: { phase: 'closed', why: RUN, try: (who, at) => chat.say(who, 'export', {}, at) },
  'button review': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.press(who, `review:${id}`, undefined, at),
  },
  'button approve': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.press(who, `approve:${id}:2`, undefined, at),
  },
  'button reject': {
    phase: 'voting',
    why: RUN,
    try: (who, at) => chat.press(who, `reject:${id}:1`, '0', at),
  },
};

/** What anybody in the place may try. */
const forEverybody: Readonly<Record<string, Attempt>> = {
  submit: {
    phase: 'submission',
    why: /only your own/i,
    try: (who, at) => chat.say(who, 'submit', { order: chat.dream(ada) }, at),
  },
  'button enter': {
    phase: 'submission',
    why: /this dream is ada's/i,
    try: (who, at) => chat.press(who, `enter:${chat.dream(ada)}`, undefined, at),
  },
  withdraw: {
    phase: 'voting',
    why: /only its author/i,
    try: (who, at) => chat.say(who, 'withdraw', { entry: '1' }, at),
  },
  'vote for what waits': {
    phase: 'voting',
    why: /not in this contest/i,
    try: (who, at) => chat.say(who, 'vote', { entries: '2' }, at),
  },
  'button pick, what waits': {
    phase: 'voting',
    why: /not in this contest/i,
    try: (who, at) => chat.press(who, `pick:${id}:0`, '2', at),
  },
  'results before the end': {
    phase: 'voting',
    why: /hidden until/i,
    try: (who, at) => chat.say(who, 'results', { contest: id }, at),
  },
  'button results before the end': {
    phase: 'voting',
    why: /hidden until/i,
    try: (who, at) => chat.press(who, `results:${id}`, undefined, at),
  },
  'export before the end': {
    phase: 'voting',
    why: /no contest/i,
    try: (who, at) => chat.say(who, 'export', { contest: id }, at),
  },
};

/** In a place of its own a contest is for everybody there; elsewhere it does not exist. */
const readers: Readonly<Record<string, Attempt>> = {
  status: {
    phase: 'voting',
    why: /no contest|no such contest/i,
    try: (who, at) => chat.say(who, 'status', { contest: id }, at),
  },
  entries: {
    phase: 'voting',
    why: /no contest/i,
    try: (who, at) => chat.say(who, 'entries', { contest: id }, at),
  },
  vote: {
    phase: 'voting',
    why: /no contest/i,
    try: (who, at) => chat.say(who, 'vote', { contest: id }, at),
  },
  history: {
    phase: 'closed',
    why: /no contest/i,
    try: (who, at) => chat.say(who, 'history', {}, at),
  },
  'button vote': {
    phase: 'voting',
    why: /no such contest/i,
    try: (who, at) => chat.press(who, `vote:${id}`, undefined, at),
  },
  'button unpick': {
    phase: 'voting',
    why: /no such contest/i,
    try: (who, at) => chat.press(who, `unpick:${id}`, undefined, at),
  },
  'button entries': {
    phase: 'voting',
    why: /no such contest/i,
    try: (who, at) => chat.press(who, `entries:${id}`, undefined, at),
  },
  'button begin': {
    phase: 'submission',
    why: /no such contest/i,
    try: (who, at) => chat.press(who, `begin:${id}`, undefined, at),
  },
  'button duel': {
    phase: 'voting',
    why: /no such contest/i,
    try: (who, at) => chat.press(who, `duel:${id}:1-2:1`, undefined, at),
  },
};

const rows = (attempts: Readonly<Record<string, Attempt>>) => Object.entries(attempts);

describe('people who do not run a contest', () => {
  it.each(rows(forRunners))('cannot: %s', async (_, attempt) => {
    await contestIn(attempt.phase);
    const before = await state();
    const said = await attempt.try(eve, home);
    expect(said.text).toMatch(attempt.why);
    expect(said.private).toBe(true);
    expect(said.document).toBeUndefined();
    expect(said.picture).toBeUndefined();
    expect(await state()).toBe(before);
  });

  it.each(rows(forEverybody))('cannot: %s', async (_, attempt) => {
    await contestIn(attempt.phase);
    const before = await state();
    expect((await attempt.try(eve, home)).text).toMatch(attempt.why);
    expect(await state()).toBe(before);
  });

  it('see neither what waits nor whose anything is', async () => {
    await contestIn('voting');
    for (const said of [
      await chat.say(eve, 'status'),
      await chat.say(eve, 'entries'),
      await chat.say(eve, 'vote'),
    ]) {
      expect(JSON.stringify(said)).not.toMatch(/ada|Entry 2|to approve/);
    }
  });

  it('may be given the right by a role, and promise no roles even then', async () => {
    const role = '1200000000000000001';
    await chat.say(boss, 'runners', { roles: `<@&${role}>` });
    const runner = person('runner', { roles: [role] });
    await contestIn('voting');
    expect((await chat.say(runner, 'approve', { entry: '2' })).text).toMatch(/is in the contest/);
    const promise = { theme: 'Mine', winner_role: '<@&1200000000000000009>' };
    expect((await chat.say(runner, 'start', promise)).text).toMatch(/only admins may promise/i);
    expect((await chat.say(runner, 'runners', { roles: '12345678' })).text).toMatch(RUN);
    expect((await chat.say(runner, 'results', { contest: 'Clouds' })).text).toMatch(/hidden until/);
  });
});

it('where a platform has no roles, runners says so', async () => {
  const admin = person('admin', { admin: true });
  expect((await chat.say(admin, 'runners', { roles: '12345678' })).text).toBe(
    'Admins start contests here: this place has no roles.',
  );
});

describe('people of another server, admins there', () => {
  const all = { ...forRunners, ...forEverybody, ...readers };
  const own = ['start', 'runners', 'runners, read'];
  it.each(rows(all).filter(([name]) => !own.includes(name)))('cannot: %s', async (_, attempt) => {
    await contestIn(attempt.phase);
    const before = await state();
    const said = await attempt.try(stranger, elsewhere);
    expect(said.text).toMatch(/no contest|no such contest|this dream is|is in the contest any/i);
    expect(JSON.stringify(said)).not.toMatch(/Clouds|Entry 1/);
    expect(await state()).toBe(before);
  });
});

describe('the tables above', () => {
  it('leave out no subcommand and no button', () => {
    const named = Object.keys({ ...forRunners, ...forEverybody, ...readers });
    const open = ['results'];
    for (const { name } of group.subcommands) {
      expect(
        [...named, ...open].some((each) => each.startsWith(name)),
        name,
      ).toBe(true);
    }
    for (const { name } of contestActions) {
      expect(
        named.some((each) => each.startsWith(`button ${name}`)),
        name,
      ).toBe(true);
    }
  });
});
