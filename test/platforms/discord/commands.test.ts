/** From a slash command to the picture. */
import { describe, expect, it } from 'vitest';
import type { CommandEvent } from '../../../src/chat/inbound.ts';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { CHANNEL, GUILD, TOKEN, userOf } from '../../helpers/discord-world.ts';
import { DONE, picture } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

const KEY = 'abcdef123456';
const PROGRESS: Outbound = {
  text: 'Dreaming',
  progress: { fraction: 0.42, eta: 30 },
  picture: picture(50, { name: 'preview', alt: 'Half a dog', id: null }),
  buttons: [{ action: `cancel:${KEY}`, label: 'Cancel', style: 'danger' }],
};
const FILES = {
  '1100000000000000999': {
    name: 'photo.png',
    contentType: 'image/png',
    bytes: new Uint8Array([1, 2]),
  },
};

describe('a slash command', () => {
  it('is acknowledged, shows how it goes, and ends with the picture', async () => {
    await bench().bot(async ({ responder }, platform) => {
      let address = await responder.acknowledge();
      address = await platform.show(address, { text: '3 dreams go before yours' });
      address = await platform.show(address, PROGRESS);
      await platform.deliver(address, DONE, { key: KEY, again: false, person: userOf('bob').id });
    });
    bench().server.slash('bob', 'dream', []);
    await bench().shows(({ text }) => text === '');
    const waiting = await bench().shows(({ text }) => text.startsWith('3 dreams'));
    expect(waiting).toMatchObject({ picture: null, buttons: [] });
    const going = await bench().shows(({ text }) => text.startsWith('Dreaming'));
    expect(going.text).toMatch(/▰▰▰▰▱▱▱▱▱▱ 42 % · <t:\d+:R>/);
    expect(going).toMatchObject({ alt: 'Half a dog', buttons: [{ action: `cancel:${KEY}` }] });
    expect(going.picture).toHaveLength(50);
    const done = await bench().shows(({ text }) => text.startsWith('Here is'));
    expect(done).toMatchObject({
      alt: 'A dog of pagodas',
      fields: 'Layer mixed5\nSeed 7',
      buttons: [{ label: 'Deeper' }, { label: 'Again' }],
      menu: { action: `layer:${KEY}`, values: ['mixed3'] },
      private: false,
    });
    expect(done.picture).toHaveLength(1000);
    expect(bench().kept()).toHaveLength(1);
    expect(bench().kept()[0]!.files.size).toBe(1);
  });

  it('needs no more than the token of the interaction', async () => {
    const { platform, address } = await bench().acknowledged();
    await platform.show(address, PROGRESS);
    const calls = bench().calls(/interactions|webhooks/);
    expect(calls.map(({ method, path }) => `${method} ${path.split('/')[1]!}`)).toEqual([
      'POST interactions',
      'PATCH webhooks',
    ]);
    expect(calls[0]!.json).toEqual({ type: 5, data: {} });
    expect(calls.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  it('tells who, where and what', async () => {
    const { handler } = await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
    const typed = [
      { name: 'layer', type: 3, value: 'mixed5' },
      { name: 'octaves', type: 4, value: 3 },
      { name: 'strength', type: 10, value: 0.5 },
      { name: 'spoiler', type: 5, value: true },
      { name: 'picture', type: 11, value: '1100000000000000999' },
    ];
    const asked = bench().server.slash('bob', 'dream', typed, { files: FILES });
    await bench().shows(({ text }) => text === 'ok');
    const [event] = handler.events as CommandEvent[];
    const attached = { name: 'photo.png', size: 2, contentType: 'image/png' };
    expect(event).toMatchObject({
      kind: 'command',
      id: asked.id,
      command: 'dream',
      person: { id: userOf('bob').id, name: 'Bobby', admin: false },
      place: { platform: 'discord', server: GUILD, channel: CHANNEL },
      values: { layer: 'mixed5', octaves: 3, strength: 0.5, spoiler: true, picture: attached },
    });
    expect(event).not.toHaveProperty('subcommand');
    expect(JSON.parse(JSON.stringify(event!.address))).toEqual(event!.address);
    expect(JSON.stringify(event!.address)).not.toContain(TOKEN);
  });

  it('may be a part of another', async () => {
    const { handler } = await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
    const options = [{ name: 'model', type: 3, value: 'inception' }];
    bench().server.slash('ann', 'models', [{ name: 'show', type: 1, options }]);
    await bench().shows(({ text }) => text === 'ok');
    expect(handler.events[0]).toMatchObject({
      command: 'models',
      subcommand: 'show',
      values: { model: 'inception' },
      person: { name: 'Ann', admin: true },
    });
  });

  it('comes from conversations of two, and from people who brought the bot along', async () => {
    const { handler } = await bench().bot(({ responder, id }) => responder.reply({ text: id }));
    const direct = bench().server.slash('ann', 'dream', [], { direct: true });
    await bench().shows(({ text }) => text === direct.id);
    const brought = bench().server.slash('bob', 'dream', [], { userInstall: true, lacks: -1n });
    await bench().shows(({ text }) => text === brought.id);
    expect(handler.events[0]!.place).toEqual({ platform: 'discord', channel: CHANNEL });
    expect(handler.events[0]!.person).toMatchObject({ name: 'Ann', admin: false });
    expect(handler.events[1]!.place).toMatchObject({ server: GUILD });
  });

  it('that comes twice is answered once', async () => {
    const { handler } = await bench().bot(({ responder }) => responder.acknowledge());
    bench().server.slash('bob', 'dream', [], { twice: true });
    await bench().world.until(() => bench().logged.find(({ fields }) => fields.code === 40060));
    expect(handler.events.map(({ id }) => id)).toEqual(Array(2).fill(handler.events[0]!.id));
    expect(bench().kept()).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('is private where it should be', async () => {
    await bench().bot(({ responder }) =>
      responder.reply({ text: 'no such layer', tone: 'problem' }, { private: true }),
    );
    bench().server.slash('bob', 'dream', []);
    expect(await bench().shows(({ text }) => text === 'no such layer')).toMatchObject({
      private: true,
    });
    expect(bench().kept()[0]!.only).toBe(userOf('bob').id);
  });

  it('follows what was acknowledged before', async () => {
    await bench().bot(async ({ responder }) => {
      await responder.acknowledge();
      await responder.reply({ text: 'after all not' }, { private: true });
    });
    bench().server.slash('bob', 'dream', []);
    expect(await bench().shows(({ text }) => text === 'after all not')).toMatchObject({
      private: true,
    });
    expect(bench().kept()).toHaveLength(2);
  });

  it('that takes long to be made is begun at once, and as private as it will be', async () => {
    await bench().bot(async ({ responder }) => {
      await responder.prepare({ private: true });
      expect(bench().kept()).toMatchObject([{ only: userOf('bob').id }]);
      await responder.reply({ text: 'drawn', picture: picture(50) }, { private: true });
      await responder.reply({ text: 'and more' }, { private: true });
    });
    bench().server.slash('bob', 'dream', []);
    await bench().shows(({ text }) => text === 'and more');
    expect(bench().shown()).toMatchObject([
      { text: 'drawn', private: true },
      { text: 'and more', private: true },
    ]);
    const [first] = bench().calls(/callback/);
    expect(first).toMatchObject({ json: { type: 5, data: { flags: 64 } }, uploads: [] });
  });

  it('that was begun too late is not tried in vain', async () => {
    await bench().bot(async ({ responder }) => {
      bench().world.interactions.forEach((asked) => {
        asked.expired = true;
      });
      await responder.prepare();
      await responder.reply({ text: 'never seen' });
    });
    bench().server.slash('bob', 'dream', []);
    await bench().world.until(() => bench().logged.find(({ fields }) => fields.code === 10062));
    expect(bench().calls(/webhooks/)).toEqual([]);
  });

  it('is not tried with a file that is larger than Discord takes', async () => {
    const text = 'x'.repeat(5000);
    const document = { name: 'votes.csv', contentType: 'text/csv', text } as const;
    await bench().bot(async ({ responder }) => {
      await responder.prepare({ private: true });
      const refused = responder.reply({ text: 'all votes', document }, { private: true });
      await expect(refused).rejects.toMatchObject({ code: 'picture-too-large' });
      await responder.reply({ text: 'too large' }, { private: true });
    });
    bench().server.slash('bob', 'dream', [], { limit: 4000 });
    expect(await bench().shows((each) => each.text === 'too large')).toMatchObject({
      private: true,
    });
    expect(bench().kept()).toHaveLength(1);
  });

  it('that Discord refuses leaves room for another', async () => {
    await bench().bot(async ({ responder }) => {
      const refused = responder.reply({ text: 'the picture' });
      await expect(refused).rejects.toMatchObject({ status: 400 });
      await responder.reply({ text: 'it went wrong' }, { private: true });
    });
    const body = { code: 50035, message: 'Invalid Form Body' };
    bench().server.fail({ on: /callback/, with: { status: 400, body } });
    bench().server.slash('bob', 'dream', []);
    const told = await bench().shows(({ text }) => text === 'it went wrong');
    expect(told.private).toBe(true);
  });

  it('that comes too late is let be, and the picture comes all the same', async () => {
    let acknowledged = false;
    await bench().bot(async ({ responder, person }, platform) => {
      bench().world.interactions.forEach((asked) => {
        asked.expired = true;
      });
      const address = await responder.acknowledge();
      acknowledged = true;
      expect(await platform.show(address, { text: 'never seen' })).toEqual(address);
      await platform.deliver(address, DONE, { key: KEY, again: false, person: person.id });
    });
    bench().server.slash('bob', 'dream', []);
    const answer = await bench().shows(({ picture: bytes }) => bytes !== null);
    expect(acknowledged).toBe(true);
    expect(answer.text).toContain(`<@${userOf('bob').id}>`);
    expect(bench().kept()).toHaveLength(1);
    expect(bench().logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { code: 10062 } }),
    );
  });

  it('takes pictures that fit, and says so to nobody', async () => {
    await bench().bot(({ responder }) => responder.reply({ text: 'see', picture: picture(9000) }));
    bench().server.slash('bob', 'dream', [], { limit: 4000 });
    const shown = await bench().shows(({ text }) => text === 'see');
    expect(shown.picture).toHaveLength(4000);
    expect(bench().calls(/callback/)[0]!.uploads[0]).toMatchObject({
      name: 'dream_1.webp',
      contentType: 'image/webp',
    });
  });
});

describe('what the bot may not do in a channel', () => {
  it('is told before a dream begins, to the person alone', async () => {
    const { handler } = await bench().bot();
    bench().server.slash('bob', 'dream', [], { lacks: 1n << 15n });
    const told = await bench().shows(({ text }) => text.includes('Attach Files'));
    expect(told).toMatchObject({ private: true });
    expect(told.text).not.toContain('Send Messages');
    expect(handler.events).toEqual([]);
  });

  it('is told before anything begins that ends with an announcement', async () => {
    const { handler } = await bench().bot();
    const contest = [{ name: 'start', type: 1, options: [] }];
    bench().server.slash('ann', 'contest', contest, { lacks: 1n << 11n });
    await bench().shows(({ text }) => text.includes('Send Messages'));
    bench().server.slash('ann', 'contest', contest, { userInstall: true });
    const told = await bench().shows(({ text }) => text.includes('could announce nothing'));
    expect(told.private).toBe(true);
    expect(handler.events).toEqual([]);
  });

  it('does not matter for words', async () => {
    await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
    const options = [{ name: 'list', type: 1, options: [] }];
    bench().server.slash('bob', 'models', options, { lacks: 1n << 15n });
    await bench().shows(({ text }) => text === 'ok');
  });
});

describe('completion', () => {
  it('offers what the handler knows, as much as Discord takes', async () => {
    const { handler } = await bench().bot();
    const many = Array.from({ length: 30 }, (_, index) => `mixed${index}`);
    handler.completions = ['x'.repeat(101), '', ...many];
    const asked = bench().server.autocomplete('bob', 'dream', [
      { name: 'octaves', type: 4, value: 2 },
      { name: 'layer', type: 3, value: 'mix', focused: true },
    ]);
    const { type, data } = await bench().world.until(() => asked.answer);
    expect(type).toBe(8);
    const { choices } = data as { choices: { name: string; value: string }[] };
    expect(choices).toHaveLength(25);
    expect(choices[0]).toEqual({ name: 'mixed0', value: 'mixed0' });
    expect(handler.typings[0]).toMatchObject({
      command: 'dream',
      option: 'layer',
      text: 'mix',
      values: { octaves: 2 },
    });
  });

  it('that comes too late harms nobody', async () => {
    const { platform } = await bench().bot();
    bench().server.fail({
      on: /callback$/,
      with: { status: 404, body: { code: 10062, message: 'Unknown interaction' } },
    });
    const typed = [{ name: 'model', type: 3, value: '', focused: true }];
    bench().server.autocomplete('bob', 'models', [{ name: 'show', type: 1, options: typed }]);
    await bench().world.until(() => bench().calls(/callback/)[0]);
    await platform.stop();
  });
});
