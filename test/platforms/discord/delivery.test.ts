/** Answers that come late, twice, or against resistance. */
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { Undeliverable } from '../../../src/chat/platform.ts';
import type { Delivery } from '../../../src/chat/platform.ts';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { RATE_LIMIT } from '../../helpers/discord-harness.ts';
import type { Asked } from '../../helpers/discord-world.ts';
import { CHANNEL, GUILD, TOKEN, userOf } from '../../helpers/discord-world.ts';
import { DONE, picture } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

const BOB = userOf('bob').id;
const DELIVERY: Delivery = { key: 'abcdef123456', again: false, person: BOB };
const TOO_LARGE = { status: 413, body: { code: 40005, message: 'Request entity too large' } };
const CHANNEL_MESSAGES = new RegExp(`POST /channels/${CHANNEL}/messages`);

/** The token is no longer taken. */
async function expired(how?: { readonly quiet?: boolean }) {
  const started = await bench().acknowledged(how);
  started.asked.expired = true;
  return started;
}

function directTo(person: string): string {
  return bench().world.directChannels.get(person) ?? '';
}

function originalOf({ original }: Asked): string {
  return original!;
}

describe('after the token has gone', () => {
  it('the answer replies in the channel and alerts the person alone', async () => {
    const { platform, address, asked } = await expired();
    await platform.deliver(address, { ...DONE, text: 'For @everyone and <@1>' }, DELIVERY);
    const [first, answer] = bench().kept();
    expect(answer!.message.message_reference).toMatchObject({ message_id: originalOf(asked) });
    expect(answer!.alerted).toEqual([BOB]);
    expect(bench().shown()[1]).toMatchObject({ alt: 'A dog of pagodas', private: false });
    const link = `https://discord.com/channels/${GUILD}/${CHANNEL}/${answer!.message.id}`;
    expect(bench().shown()[0]).toMatchObject({ id: first!.message.id, text: link, buttons: [] });
  });

  it('it is not tried any more once its time is up', async () => {
    const { platform, address } = await bench().acknowledged();
    const old = { ...address, issued: Date.now() - 15 * 60_000 };
    await platform.deliver(old, DONE, DELIVERY);
    expect(bench().calls(/PATCH \/webhooks/)).toEqual([]);
    expect(bench().kept()).toHaveLength(2);
  });

  it('progress is shown by the bot itself, where there is a message', async () => {
    const { platform, address, asked } = await expired();
    const moved = await platform.show(address, { text: 'still dreaming' });
    expect(bench().shown()[0]).toMatchObject({ id: originalOf(asked), text: 'still dreaming' });
    await platform.show(moved, { text: 'and on' });
    expect(bench().calls(/PATCH \/webhooks/)).toHaveLength(1);
    await platform.show({ ...moved, message: null }, { text: 'nowhere' });
    expect(
      bench()
        .shown()
        .map(({ text }) => text),
    ).toEqual(['and on']);
  });

  it('a message that somebody deleted is no reason to keep the answer', async () => {
    const { platform, address, asked } = await bench().acknowledged();
    bench().world.messages.delete(originalOf(asked));
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().shown()[0]!.picture).toHaveLength(1000);
  });

  it('what only the person saw stays between the two', async () => {
    const { platform, address } = await expired({ quiet: true });
    expect(address.private).toBe(true);
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().kept()).toHaveLength(1);
    expect(bench().shown(directTo(BOB))[0]!.picture).toHaveLength(1000);
  });
});

describe('without leave to read what was said before', () => {
  it('the answer comes all the same, but not as a reply', async () => {
    const { platform, address } = await expired();
    const body = { code: 160002, message: 'Cannot reply without READ_MESSAGE_HISTORY' };
    bench().server.fail({ on: CHANNEL_MESSAGES, with: { status: 403, body } });
    await platform.deliver(address, DONE, DELIVERY);
    const answer = bench().kept()[1]!;
    expect(answer.message).not.toHaveProperty('message_reference');
    expect(answer.alerted).toEqual([BOB]);
  });
});

describe('a second attempt', () => {
  it('finds the answer that got through', async () => {
    const { platform, address } = await expired();
    await platform.deliver(address, DONE, DELIVERY);
    // As after hours: Discord has forgotten the nonce.
    forgetNonces();
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().kept()).toHaveLength(2);
    await platform.deliver(address, DONE, { ...DELIVERY, key: 'another56789', again: true });
    expect(bench().kept()).toHaveLength(3);
  });

  it('finds the one that came by the token', async () => {
    const { platform, address, asked } = await bench().acknowledged();
    await platform.deliver(address, DONE, DELIVERY);
    asked.expired = true;
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().kept()).toHaveLength(1);
  });

  it('does not take progress for the answer', async () => {
    const { platform, address, asked } = await bench().acknowledged();
    const buttons = [{ action: `cancel:${DELIVERY.key}`, label: 'Cancel' }];
    await platform.show(address, { text: 'Dreaming', buttons });
    asked.expired = true;
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().kept()).toHaveLength(2);
  });

  it('sends again where it may not look, and Discord tells the two apart', async () => {
    const { platform, address } = await expired();
    await platform.deliver(address, DONE, DELIVERY);
    const body = { code: 50001, message: 'Missing Access' };
    bench().server.fail({ on: /GET \/channels/, with: { status: 403, body } });
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().calls(CHANNEL_MESSAGES)).toHaveLength(2);
    expect(bench().kept()).toHaveLength(2);
  });

  it('finds the answer in the conversation of two', async () => {
    const { platform, address } = await expired();
    bench().world.closed.set(CHANNEL, 50013);
    await platform.deliver(address, DONE, DELIVERY);
    forgetNonces();
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().kept(directTo(BOB))).toHaveLength(1);
  });

  it('by the token only says the same again', async () => {
    const { platform, address } = await bench().acknowledged();
    await platform.deliver(address, DONE, DELIVERY);
    await platform.deliver(address, DONE, { ...DELIVERY, again: true });
    expect(bench().kept()).toHaveLength(1);
    expect(bench().kept()[0]!.files.size).toBe(1);
  });
});

function forgetNonces(): void {
  for (const [id, kept] of bench().world.messages) {
    bench().world.messages.set(id, { ...kept, nonce: '' });
  }
}

describe('where the bot may not speak', () => {
  it.each([10003, 50001, 50013, 50083])('the person gets the answer alone (%i)', async (code) => {
    const { platform, address } = await expired();
    bench().world.closed.set(CHANNEL, code);
    await platform.deliver(address, DONE, DELIVERY);
    const [told] = bench().shown(directTo(BOB));
    expect(told!.text).toContain(`<#${CHANNEL}>`);
    expect(told!.picture).toHaveLength(1000);
  });

  it('a thread that was closed meanwhile is woken by the answer', async () => {
    const { platform, address } = await bench().acknowledged();
    bench().world.archived.add(CHANNEL);
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().kept()[1]!.alerted).toEqual([BOB]);
    expect(bench().shown()[1]!.picture).toHaveLength(1000);
  });

  it('a thread that was locked meanwhile keeps no answer from the person', async () => {
    const { platform, address } = await bench().acknowledged();
    bench().world.closed.set(CHANNEL, 50083);
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().shown(directTo(BOB))[0]!.picture).toHaveLength(1000);
  });

  it.each([
    ['files', 400001],
    ['such links', 240000],
  ])('a server that takes no %s any more leaves it to the person (%i)', async (_what, code) => {
    const { platform, address } = await expired();
    bench().world.closed.set(CHANNEL, code);
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().kept(directTo(BOB))).toHaveLength(1);
  });

  it.each([50007, 20009])(
    'and where the person is closed too, repeating is no use (%i)',
    async (code) => {
      const { platform, address } = await expired();
      bench().world.closed.set(CHANNEL, 50001);
      bench().world.closed.set(BOB, code);
      await expect(platform.deliver(address, DONE, DELIVERY)).rejects.toThrow(Undeliverable);
    },
  );
});

describe('a picture that is too large', () => {
  const limits: number[] = [];
  const large: Outbound = {
    ...DONE,
    picture: {
      ...picture(6000),
      fileWithin(bytes) {
        limits.push(bytes);
        return picture(6000).fileWithin(bytes);
      },
    },
  };

  it('is made smaller until Discord takes it', async () => {
    limits.length = 0;
    const { platform, address } = await bench().acknowledged({ limit: 50_000 });
    bench().server.fail({ on: /PATCH \/webhooks/, with: TOO_LARGE, times: 2 });
    await platform.deliver(address, large, DELIVERY);
    expect(limits).toEqual([50_000, 3000, 1500]);
    expect(bench().shown()[0]!.picture).toHaveLength(1500);
  });

  it('is made smaller too where the file alone is, and not the request', async () => {
    const { platform, address } = await bench().acknowledged();
    const body = { code: 50045, message: 'File uploaded exceeds the maximum size' };
    bench().server.fail({ on: /PATCH \/webhooks/, with: { status: 400, body } });
    await platform.deliver(address, large, DELIVERY);
    expect(bench().shown()[0]!.picture).toHaveLength(3000);
  });

  it('is given up after some attempts', async () => {
    limits.length = 0;
    const { platform, address } = await bench().acknowledged();
    bench().server.fail({ on: /PATCH \/webhooks/, with: TOO_LARGE, times: 100 });
    await expect(platform.deliver(address, large, DELIVERY)).rejects.toThrow('too large');
    expect(limits).toEqual([10 * 2 ** 20, 3000, 1500, 750]);
  });

  it('for a request is none for a person with a larger limit', async () => {
    limits.length = 0;
    const { platform, address, asked } = await bench().acknowledged({ limit: 500 * 2 ** 20 });
    await platform.deliver(address, large, DELIVERY);
    asked.expired = true;
    await platform.deliver(address, large, { ...DELIVERY, key: 'other' });
    expect(limits[0]).toBeLessThan(25 * 2 ** 20);
    expect(limits.at(-1)).toBe(10 * 2 ** 20);
  });
});

describe('when Discord stumbles', () => {
  it.each([
    ['is busy', { status: 429, headers: RATE_LIMIT, body: { message: 'slow', retry_after: 0.05 } }],
    ['fails', { status: 502 }],
    ['hangs up', 'drop'],
    ['hangs up after it has done it', 'drop-after'],
  ] as const)('an edit gets through where it %s', async (_name, fault) => {
    const { platform, address } = await bench().acknowledged();
    bench().server.fail({ on: /PATCH \/webhooks/, with: fault });
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().calls(/PATCH \/webhooks/)).toHaveLength(2);
    expect(bench().shown()).toMatchObject([{ alt: 'A dog of pagodas' }]);
  });

  it('an upload does not depend on which undici the process sends by', async () => {
    const usual = getGlobalDispatcher();
    const agent = new Agent();
    setGlobalDispatcher(agent);
    const { platform, address } = await bench().acknowledged();
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().shown()[0]!.picture).toHaveLength(1000);
    setGlobalDispatcher(usual);
    await agent.destroy();
  });

  it('a new message whose success got lost is not sent twice', async () => {
    const { platform, address } = await expired();
    bench().server.fail({ on: CHANNEL_MESSAGES, with: 'drop-after' });
    await platform.deliver(address, DONE, DELIVERY);
    expect(bench().calls(CHANNEL_MESSAGES)).toHaveLength(2);
    expect(bench().kept()).toHaveLength(2);
  });

  it('an acknowledgement whose success got lost counts', async () => {
    bench().server.fail({ on: /callback$/, with: 'drop-after' });
    const { platform, address } = await bench().acknowledged();
    await platform.show(address, { text: 'Dreaming' });
    expect(bench().shown()).toMatchObject([{ text: 'Dreaming' }]);
  });

  it('what it says is told without the token and the picture', async () => {
    const { platform, address } = await bench().acknowledged();
    const body = { code: 50035, message: 'Invalid Form Body' };
    bench().server.fail({ on: /PATCH \/webhooks/, with: { status: 400, body } });
    const failure: unknown = await platform
      .deliver(address, DONE, DELIVERY)
      .catch((e: unknown) => e);
    expect(failure).toMatchObject({ name: 'DiscordFailure', code: 50035, status: 400 });
    const told = JSON.stringify(Object.entries(failure as object)) + (failure as Error).stack!;
    expect(told).not.toContain(address.token);
    expect(told).not.toContain(TOKEN);
    expect(told).not.toContain('requestBody');
  });

  it('and goes on stumbling, that is told', async () => {
    const { platform, address } = await bench().acknowledged();
    bench().server.fail({ on: /PATCH \/webhooks/, with: { status: 500 }, times: 100 });
    await expect(platform.deliver(address, DONE, DELIVERY)).rejects.toMatchObject({ status: 500 });
  });
});
