/** Buttons, menus of messages, and restarts. */
import { describe, expect, it } from 'vitest';
import type { ActionEvent, CommandEvent } from '../../../src/chat/inbound.ts';
import type { Attachment } from '../../../src/chat/option.ts';
import { snowflake, userOf } from '../../helpers/discord-world.ts';
import { DONE } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

const DELIVERY = { key: 'abcdef123456', again: false, person: userOf('bob').id };
const ENTRY = 'Dream this picture';

/** A message that carries a dream, from before the restart. */
async function delivered(): Promise<string> {
  const { platform, address, asked } = await bench().acknowledged();
  await platform.deliver(address, DONE, DELIVERY);
  await platform.stop();
  return asked.original!;
}

describe('after a restart', () => {
  it('buttons work', async () => {
    const message = await delivered();
    const { handler } = await bench().bot(({ responder }) => responder.acknowledge());
    const asked = bench().server.press('bob', message, 'deeper:abcdef123456');
    await bench().world.until(() => asked.original);
    const [event] = handler.events as ActionEvent[];
    expect(event).toMatchObject({
      kind: 'action',
      id: asked.id,
      action: 'deeper:abcdef123456',
      person: { id: userOf('bob').id },
    });
    expect(event).not.toHaveProperty('choice');
    expect(bench().kept()).toHaveLength(2);
  });

  it('menus work', async () => {
    const message = await delivered();
    const { handler } = await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
    bench().server.press('ann', message, 'layer:abcdef123456', 'mixed3');
    await bench().shows(({ text }) => text === 'ok');
    expect(handler.events[0]).toMatchObject({ action: 'layer:abcdef123456', choice: 'mixed3' });
  });

  it('a press that shows elsewhere leaves the message as it was', async () => {
    const message = await delivered();
    await bench().bot(async ({ responder }) => {
      await responder.dismiss();
      await responder.dismiss();
    });
    const asked = bench().server.press('bob', message, 'cancel:abcdef123456');
    expect(await bench().world.until(() => asked.answer)).toMatchObject({ type: 6 });
    expect(bench().kept()).toHaveLength(1);
  });

  it('what was begun before is shown and delivered', async () => {
    const { platform: earlier, address } = await bench().acknowledged();
    await earlier.stop();
    const stored = JSON.parse(JSON.stringify(address)) as typeof address;
    const { platform } = await bench().bot();
    const moved = await platform.show(stored, { text: 'Dreaming on' });
    expect(moved).toEqual(address);
    await platform.deliver(moved, DONE, DELIVERY);
    expect(bench().shown()).toMatchObject([{ alt: 'A dog of pagodas' }]);
  });

  it('a message is found that was acknowledged just before', async () => {
    const { platform, address, asked } = await bench().acknowledged();
    const moved = await platform.show({ ...address, message: null }, { text: 'Dreaming' });
    expect(moved.message).toBe(asked.original);
  });
});

describe('the menu of a message', () => {
  const attachment = (filename: string, contentType?: string) => ({
    id: snowflake(),
    filename,
    size: 9,
    url: `https://cdn.discordapp.com/attachments/1/2/${filename}`,
    proxy_url: '',
    ...(contentType === undefined ? {} : { content_type: contentType }),
  });

  async function chosen(message: object): Promise<CommandEvent> {
    const { handler } = await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
    const target = { id: snowflake(), attachments: [], ...message };
    bench().server.menu('bob', ENTRY, target);
    await bench().shows(({ text }) => text === 'ok');
    return handler.events[0] as CommandEvent;
  }

  it('takes the first picture that is attached', async () => {
    const attachments = [
      attachment('notes.txt', 'text/plain'),
      attachment('cat.webp', 'image/webp'),
      attachment('dog.png', 'image/png'),
    ];
    expect(await chosen({ attachments })).toMatchObject({
      command: 'dream',
      values: { picture: { name: 'cat.webp', size: 9, contentType: 'image/webp' } },
    });
  });

  it('goes by the name where Discord tells no type', async () => {
    const attachments = [attachment('a.zip'), attachment('b.JPG')];
    expect(await chosen({ attachments })).toMatchObject({ values: { picture: { name: 'b.JPG' } } });
  });

  it('takes forwarded pictures', async () => {
    const message = { attachments: [attachment('far.png', 'image/png')] };
    const reference = { type: 1, channel_id: '5', message_id: '6' };
    const event = await chosen({
      message_reference: reference,
      message_snapshots: [{ message }],
    });
    expect(event).toMatchObject({ values: { picture: { name: 'far.png' } } });
  });

  it("takes the bot's own dreams", async () => {
    const message = await delivered();
    const event = await chosen(bench().world.messages.get(message)!.message);
    const { reference, name } = event.values.picture as Attachment;
    expect(name).toBe('dream_1.png');
    const platform = bench().platforms.at(-1)!;
    const bytes = await platform.fetch({ reference, name }, new AbortController().signal);
    expect(bytes).toHaveLength(1000);
  });

  it('tells where there is none', async () => {
    const { handler } = await bench().bot();
    const target = { id: snowflake(), attachments: [] };
    bench().server.menu('bob', ENTRY, target);
    const told = await bench().shows(({ text }) => text.includes('has no picture'));
    expect(told.private).toBe(true);
    expect(handler.events).toEqual([]);
  });

  it('tells where the entry is of another version', async () => {
    await bench().bot();
    bench().server.menu('bob', 'Enhance', { id: snowflake() });
    const told = await bench().shows(({ text }) => text.includes("no 'Enhance'"));
    expect(told.private).toBe(true);
  });
});
