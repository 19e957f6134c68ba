/** What the bot says, within Slack's limits and without anything that Slack would make of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { actionOf, messageOf } from '../../../src/platforms/slack/blocks.ts';
import { clipped, fromMrkdwn, toMrkdwn } from '../../../src/platforms/slack/markup.ts';
import { faultsOfBlocks } from '../../helpers/slack-rules.ts';

const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8000, unit: 'grapheme' }),
  fc.constantFrom(
    '<t:1>'.repeat(900),
    '\ud83d',
    '&'.repeat(5000),
    '**bold** <!channel>',
    'x\n'.repeat(3000),
    '🐶'.repeat(4000),
  ),
);
const label = fc.string({ minLength: 1, maxLength: 200 }).filter((text) => text.trim() !== '');
const outbound: fc.Arbitrary<Outbound> = fc.record(
  {
    text: words,
    fields: fc.array(fc.record({ name: label, value: words }), { maxLength: 25 }),
    progress: fc.record({
      fraction: fc.option(fc.double({ min: -1, max: 2, noNaN: true })),
      eta: fc.constant(null),
    }),
    buttons: fc.array(
      fc.record({
        action: fc.string({ minLength: 1, maxLength: 80 }),
        label,
        style: fc.constantFrom('main', 'plain', 'danger'),
      }),
      { maxLength: 5 },
    ),
    menu: fc.record({
      action: fc.string({ minLength: 1, maxLength: 80 }),
      placeholder: label,
      choices: fc.array(
        fc.record({
          value: fc.string({ minLength: 1, maxLength: 200 }),
          label,
          description: label,
        }),
        { maxLength: 25 },
      ),
    }),
    tone: fc.constantFrom('plain', 'problem'),
  },
  { requiredKeys: ['text'] },
);

describe('a message', () => {
  it('keeps to the limits, whatever is said', () => {
    fc.assert(
      fc.property(outbound, (said) => {
        const { text, blocks } = messageOf(said, { id: 'F1', alt: said.text });
        expect(faultsOfBlocks(JSON.parse(JSON.stringify(blocks)))).toBeNull();
        expect(text.length).toBeLessThanOrEqual(4000);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('would be noticed where it did not', () => {
    const button = { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'A' } };
    const row = (elements: unknown[]): unknown => [{ type: 'actions', elements }];
    expect(faultsOfBlocks(row([button]))).toBeNull();
    expect(faultsOfBlocks(row([button, button]))).toContain('twice');
    expect(faultsOfBlocks(row([{ ...button, value: 'x'.repeat(2001) }]))).toContain('2000');
    const long = { type: 'plain_text', text: 'x'.repeat(76) };
    expect(faultsOfBlocks(row([{ ...button, text: long }]))).toContain('75');
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } };
    expect(faultsOfBlocks([section])).toContain('3000');
    expect(faultsOfBlocks(Array.from({ length: 51 }, () => ({ type: 'divider' })))).not.toBeNull();
  });

  it('keeps paragraphs that fit together in one block, and loses no line', () => {
    const text = Array.from({ length: 200 }, (_, line) => `line ${line}`).join('\n');
    const { blocks } = messageOf({ text });
    expect(blocks).toHaveLength(1);
    expect(blocks).toMatchObject([{ text: { text } }]);
  });

  it('has its actions behind what makes them unique', () => {
    const { blocks } = messageOf({
      text: 'a',
      buttons: [
        { action: 'vote:1', label: 'A' },
        { action: 'vote:1', label: 'B' },
      ],
    });
    const ids = blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map(({ action_id: id }) => id ?? '') : [],
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids.map(actionOf)).toEqual(['vote:1', 'vote:1']);
  });
});

describe('markup', () => {
  it('is Slack’s, and what people are called stays text', () => {
    expect(toMrkdwn('**Dream** of `mixed5` <!channel> & **2*3**')).toBe(
      '*Dream* of `mixed5` &lt;!channel&gt; &amp; *2*3*',
    );
    expect(toMrkdwn('`**not bold**`')).toBe('`**not bold**`');
  });

  it('is undone in what people type', () => {
    expect(
      fromMrkdwn('<@U1> dream &lt;3 &amp; <https://a.example|a link> <https://b.example>'),
    ).toBe('dream <3 & a link https://b.example');
    expect(fromMrkdwn('&amp;lt;')).toBe('&lt;');
  });

  it('is cut between letters', () => {
    expect(clipped('🐶🐶🐶', 5)).toBe('🐶🐶…');
    expect(clipped('short', 5)).toBe('short');
  });
});
