/** The stand-in itself: as strict as Discord, and telling what Discord tells. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discordHarness } from '../../helpers/discord-harness.ts';
import { messageViolations, violations } from '../../helpers/discord-rules.ts';
import { userOf } from '../../helpers/discord-world.ts';
import { COMMANDS, DONE, scripted } from './scripted.ts';
import { useBench } from './setup.ts';

describe('the stand-in', () => {
  const bench = useBench();

  it("gives back messages of Discord's form", async () => {
    const { platform, address, asked } = await bench().acknowledged();
    await platform.deliver(address, DONE, { key: 'k', again: false, person: '1' });
    asked.expired = true;
    await platform.deliver(address, DONE, { key: 'l', again: false, person: '1' });
    const told = bench()
      .kept()
      .map(({ message }) => JSON.parse(JSON.stringify(message)) as object);
    expect(told).toHaveLength(2);
    const found = told.flatMap((message) => violations('MessageResponse', message));
    // Discord itself tells more than it describes.
    expect(found.filter((each) => !each.includes('unknown keys'))).toEqual([]);
  });

  it('refuses an answer after three seconds, and a second one', async () => {
    const { asked } = await bench().acknowledged();
    const late = bench().server.interact('bob', { type: 1 }, {});
    const { world } = bench();
    world.interactions.set(late.token, { ...late, sentAt: Date.now() - 3001 });
    const answers = [asked, late].map(({ id, token }) =>
      fetch(`${bench().server.apiUrl}/v10/interactions/${id}/${token}/callback`, {
        method: 'POST',
        body: JSON.stringify({ type: 5, data: {} }),
      }).then((response) => response.json()),
    );
    expect(await Promise.all(answers)).toMatchObject([{ code: 40060 }, { code: 10062 }]);
  });

  it.each([
    ['content beside components', { flags: 32768, content: 'x', components: [text('y')] }],
    ['files that nobody sees', { flags: 32768, components: [text('y')] }, 1],
    ['files that are not there', { flags: 32768, components: [gallery('a.png')] }],
    ['too much text', { flags: 32768, components: [text('y'.repeat(4001))] }],
    ['containers in an old message', { components: [text('y')] }],
    ['no component at all', { flags: 32768, components: [] }],
  ])('does not take %s', (_name, json, files = 0) => {
    const upload = { name: 'b.png', contentType: 'image/png', bytes: new Uint8Array() };
    expect(messageViolations(json, Array(files).fill(upload) as [], false)).toHaveLength(1);
  });
});

function text(content: string) {
  return { type: 10, content };
}

function gallery(name: string) {
  return { type: 12, items: [{ media: { url: `attachment://${name}` } }] };
}

describe('the harness', () => {
  let harness: Awaited<ReturnType<typeof discordHarness>>;

  beforeEach(async () => {
    harness = await discordHarness(COMMANDS);
  });

  afterEach(async () => {
    await harness.close();
  });

  it('types, presses, completes and sees', async () => {
    const platform = await harness.connect();
    const handler = scripted(({ responder, kind }) =>
      kind === 'command'
        ? responder.reply({ ...DONE, text: 'It_is **here**' })
        : responder.reply({ text: 'pressed', tone: 'problem' }, { private: true }),
    );
    handler.completions = ['inception'];
    await platform.start(handler);
    const seen = async (count: number) => {
      for (;;) {
        const change = harness.changed();
        const messages = await harness.messages('bob');
        if (messages.length >= count) return messages;
        await change;
      }
    };
    await harness.command('bob', 'dream', { octaves: '3', spoiler: 'yes' }, new Uint8Array(5));
    const [message] = await seen(1);
    expect(handler.events[0]).toMatchObject({
      values: { octaves: 3, spoiler: true, picture: { name: 'photo.png', size: 5 } },
    });
    expect(message).toMatchObject({ text: expect.stringContaining('It_is **here**') as string });
    expect(message!.menu).toEqual({ action: 'layer:abcdef123456', values: ['mixed3'] });
    await harness.press('bob', message!, message!.menu!.action, 'mixed3');
    const [, pressed] = await seen(2);
    expect(pressed).toMatchObject({ text: 'pressed', private: true });
    expect(await harness.messages('ann')).toHaveLength(1);
    expect(await harness.complete('ann', 'models show', 'model', 'inc')).toEqual(['inception']);
    expect(handler.typings[0]).toMatchObject({ person: { id: userOf('ann').id, admin: true } });
    await platform.stop();
  });

  it('fails on demand', async () => {
    const platform = await harness.connect();
    await platform.start(scripted(({ responder }) => responder.reply({ text: 'ok' })));
    harness.failNext!(429);
    const change = harness.changed();
    await harness.command('bob', 'dream', {});
    await change;
    await harness.server.world.until(() => harness.server.world.messages.size || undefined);
    expect(harness.server.calls.filter(({ path }) => path.endsWith('/callback'))).toHaveLength(2);
    await platform.stop();
  });
});
