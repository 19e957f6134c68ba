/** How the bot's words look at Discord. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { help } from '../../../commands/help.ts';
import { commands } from '../../../commands/index.ts';
import type { Context } from '../../../src/chat/command.ts';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { clipped, clippedMarkdown, markdown } from '../../../src/platforms/discord/markdown.ts';
import { carries, discordMessage } from '../../../src/platforms/discord/message.ts';
import { messageViolations, violations } from '../../helpers/discord-rules.ts';
import { DONE, picture } from './scripted.ts';

describe('markdown', () => {
  it('keeps bold and code', () => {
    expect(markdown('**Layer `mixed_4`** and `conv2d_94`')).toBe(
      '**Layer `mixed_4`** and `conv2d_94`',
    );
  });

  it.each([
    ['conv2d_94 *x* ~y~ |z|', 'conv2d\\_94 \\*x\\* \\~y\\~ \\|z\\|'],
    ['<@123> @everyone <#5>', '\\<\\@123\\> \\@everyone \\<\\#5\\>'],
    ['# big\n- list\n1. one\n> said', '\\# big\n\\- list\n1\\. one\n\\> said'],
    ['[text](https://example.org)', '\\[text\\](https\\://example.org)'],
    [':smile: at 10: 30', '\\:smile: at 10: 30'],
    ['back\\slash', 'back\\\\slash'],
    ['one ` tick', 'one \\` tick'],
  ])('shows %j as it was written', (text, expected) => {
    expect(markdown(text)).toBe(expected);
  });

  it('is cut where it would be too long, and stays whole', () => {
    const text = clippedMarkdown('_'.repeat(5000), 100);
    expect(text.length).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^(\\_)+…$/);
  });
});

describe('a message', () => {
  const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
  const outbounds: fc.Arbitrary<Outbound> = fc.record(
    {
      text: text(6000).filter((value) => value.trim() !== ''),
      fields: fc.array(fc.record({ name: text(300), value: text(2000) }), { maxLength: 30 }),
      picture: fc
        .record({ alt: text(3000), spoiler: fc.boolean() })
        .map((more) => picture(5, more)),
      progress: fc.record({
        fraction: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        eta: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
      }),
      buttons: fc.uniqueArray(
        fc.record({ action: fc.uuid(), label: text(200).filter((value) => value.trim() !== '') }),
        {
          maxLength: 5,
          selector: ({ action }) => action,
        },
      ),
      tone: fc.constantFrom('plain' as const, 'problem' as const),
    },
    { requiredKeys: ['text'] },
  );

  it('is one that Discord takes, whatever people write', async () => {
    await fc.assert(
      fc.asyncProperty(outbounds, fc.uuid(), async (outbound, key) => {
        const file = await outbound.picture?.fileWithin(100);
        const { body, files } = discordMessage(outbound, file, { key });
        const json = JSON.parse(JSON.stringify(body)) as typeof body;
        const uploads = files.map(({ name }) => ({
          name,
          contentType: '',
          bytes: new Uint8Array(),
        }));
        expect(violations('MessageCreateRequest', json)).toEqual([]);
        expect(messageViolations(json as object, uploads, false)).toEqual([]);
        expect(carries(json, key)).toBe(true);
        expect(carries(json, `${key}!`)).toBe(false);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('veils a spoiler and tells what is behind it', async () => {
    const veiled = { ...DONE, picture: picture(5, { spoiler: true }) };
    const { body } = discordMessage(veiled, await veiled.picture.fileWithin(9));
    const item = { spoiler: true, description: 'A dog of pagodas' };
    expect(JSON.parse(JSON.stringify(body))).toMatchObject({
      components: [
        { type: 17, components: [{ type: 10 }, { type: 12, items: [item] }, {}, {}, {}] },
      ],
      attachments: [{ id: '0', filename: 'dream_1.png', description: 'A dog of pagodas' }],
    });
  });

  it('leaves out no fact for which there is room, and says where some are left out', async () => {
    const shown = (outbound: Outbound, file?: Parameters<typeof discordMessage>[1]): string =>
      JSON.stringify(discordMessage(outbound, file).body);
    const said: Outbound[] = [];
    const reply = (outbound: unknown) => Promise.resolve(void said.push(outbound as Outbound));
    await help.run({ commands, reply } as unknown as Context, { command: 'contest' });
    for (const { name } of said[0]!.fields!) expect(shown(said[0]!)).toContain(`**${name}**`);
    expect(shown(said[0]!)).not.toContain('…');
    const fields = Array.from({ length: 25 }, (_, entry) => ({
      name: `Entry ${entry + 1}`,
      value: 'mean-square of mixed4 · inception_v3 · by somebody or other',
    }));
    const entries = { text: '**Clouds** takes dreams', fields, picture: picture(5) };
    const file = await entries.picture.fileWithin(9);
    for (const { name } of fields) expect(shown(entries, file)).toContain(`**${name}**`);
    const more = { ...entries, fields: [...fields, ...fields, ...fields] };
    expect(shown(more, file)).toMatch(/ · …"/);
  });

  it('lists facts in lines where there is no picture', () => {
    const { body } = discordMessage({ text: 'Models', fields: DONE.fields ?? [] }, undefined);
    expect(JSON.stringify(body)).toContain('**Layer** mixed5\\n**Seed** 7');
  });
});

it('cuts no letter in two', () => {
  for (const limit of [9, 10]) {
    const cut = clipped('🐶'.repeat(20), limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(() => encodeURIComponent(cut)).not.toThrow();
  }
});
