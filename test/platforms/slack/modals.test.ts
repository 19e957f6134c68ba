/** Forms: made from a command's options, checked where they are filled in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/chat/command.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import type { Json, SlackView } from '../../helpers/slack-workspace.ts';
import { COMMANDS, PNG, dreaming, idOf, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

const photo = { name: 'photo.png', bytes: PNG };

let harness: SlackHarness;
let handler: Scripted;

async function start(commands: readonly Command[] = COMMANDS): Promise<void> {
  harness = await slackHarness(commands);
  const platform = await harness.connect();
  handler = scripted(dreaming(() => platform));
  await platform.start(handler);
}

beforeEach(() => start());

afterEach(() => harness.close());

async function opened(text: string, channel?: string): Promise<SlackView> {
  await harness.people.slash('ann', text, channel);
  return harness.people.form('ann');
}

function handled(): Promise<void> {
  return handler.heard(1);
}

function blocksOf({ view }: SlackView): Json[] {
  return view['blocks'] as Json[];
}

describe('a form', () => {
  it('has a field for every option, filled with what was typed', async () => {
    const form = await opened(
      '/dream mixed4:139 mood:WILD octaves:3 strength:1,5 veil note:“two words”',
    );
    expect(form.view).toMatchObject({ title: { text: '/dream' } });
    expect(blocksOf(form)).toMatchObject([
      {
        block_id: 'layer',
        label: { text: 'Layer' },
        hint: { text: 'Where.' },
        optional: true,
        element: { type: 'external_select', initial_option: { value: 'mixed4:139' } },
      },
      { block_id: 'picture', optional: false, element: { type: 'file_input', max_files: 1 } },
      { element: { type: 'static_select', initial_option: { value: 'wild' } } },
      {
        element: {
          type: 'number_input',
          is_decimal_allowed: false,
          min_value: '1',
          max_value: '12',
          initial_value: '3',
        },
      },
      { element: { type: 'number_input', is_decimal_allowed: true, initial_value: '1.5' } },
      { element: { type: 'checkboxes', initial_options: [{ value: 'yes' }] } },
      { element: { type: 'plain_text_input', max_length: 3000, initial_value: 'two words' } },
    ]);
  });

  it('becomes the command with all of its values', async () => {
    const form = await opened('/dream');
    const answers = {
      layer: 'mixed3',
      mood: 'calm',
      octaves: '4',
      strength: '2.5',
      veil: true,
      note: 'sea',
      picture: photo,
    };
    expect(await harness.people.submit('ann', form, answers)).toBeNull();
    await handled();
    expect(handler.events).toMatchObject([
      { values: { ...answers, picture: { name: 'photo.png', contentType: 'image/png' } } },
    ]);
  });

  it('leaves out what was not filled in', async () => {
    const form = await opened('/dream');
    await harness.people.submit('ann', form, { picture: photo });
    await handled();
    const [event] = handler.events;
    expect(event?.kind === 'command' && Object.keys(event.values)).toEqual(['picture', 'veil']);
  });

  it('takes no layer longer than a menu can hold as a menu', async () => {
    const form = await opened(`/dream ${'mixed5+'.repeat(25)}`);
    expect(blocksOf(form)[0]).toMatchObject({ element: { type: 'plain_text_input' } });
  });

  it('is taken once', async () => {
    const form = await opened('/dream');
    await harness.people.submit('ann', form, { picture: photo });
    await harness.people.submit('ann', form, { picture: photo });
    await harness.people.slash('ann', '/layers');
    await handler.heard(2);
    expect(handler.events).toMatchObject([{ command: 'dream' }, { command: 'layers' }]);
  });
});

describe('what is wrong in a form', () => {
  it('is said beneath its field, and can be corrected', async () => {
    const form = await opened('/dream');
    const faults = await harness.people.submit('ann', form, { octaves: '99', strength: 'much' });
    expect(faults).toEqual({
      picture: 'picture is missing. On what.',
      octaves: 'octaves: expected a whole number from 1 to 12, found 99',
      strength: 'strength: expected a number from 0.1 to 9.5, found much',
    });
    expect(handler.events).toEqual([]);
    expect(await harness.people.submit('ann', form, { octaves: '9', picture: photo })).toBeNull();
    await handled();
    expect(handler.events).toMatchObject([{ values: { octaves: '9' } }]);
  });

  it('may be a file that is no picture', async () => {
    const form = await opened('/dream');
    const notes = { name: 'notes.png', bytes: Buffer.from('words') };
    expect(await harness.people.submit('ann', form, { picture: notes })).toEqual({
      picture: 'Expected a picture, found text/plain.',
    });
  });

  it('may be the channel: the bot enters public ones, and asks for an invitation to others', async () => {
    const secret = await opened('/dream', 'C0SECRET0');
    const faults = await harness.people.submit('ann', secret, { picture: photo });
    expect(faults?.['picture']).toMatch(/Type \/invite @dream there/);
    expect(handler.events).toEqual([]);
    await harness.people.slash('bob', '/dream', 'C0OUTSIDE');
    const outside = await harness.people.form('bob');
    expect(await harness.people.submit('bob', outside, { picture: photo })).toBeNull();
    await handled();
    expect(harness.server.workspace.channels.get('C0OUTSIDE')?.member).toBe(true);
  });
});

describe('a menu in a form', () => {
  it('suggests what the handler knows, after what was typed', async () => {
    handler.completions = ['mixed5', 'mixed4', 'x'.repeat(151)];
    const form = await opened('/dream octaves:3', 'C0GENERAL');
    expect(await harness.people.suggest('ann', form, 'layer', 'mix')).toEqual([
      'mix',
      'mixed5',
      'mixed4',
    ]);
    expect(await harness.people.suggest('ann', form, 'layer', '')).toEqual(['mixed5', 'mixed4']);
    expect(handler.typings[0]).toMatchObject({
      command: 'dream',
      option: 'layer',
      text: 'mix',
      values: { octaves: '3' },
      person: { id: idOf(harness.server, 'ann'), admin: true },
      place: { platform: 'slack', channel: 'C0GENERAL' },
    });
  });

  it('offers as a harness what the platform offers', async () => {
    handler.completions = ['mixed5'];
    expect(await harness.complete('bob', 'dream', 'layer', 'm')).toEqual(['m', 'mixed5']);
  });
});

it('a form that comes too late is said so', async () => {
  harness.server.faults.push({
    method: 'views.open',
    status: 200,
    body: { ok: false, error: 'expired_trigger_id' },
  });
  await harness.command('ann', 'dream', {}, PNG);
  expect(harness.messages('ann')).toMatchObject([{ private: true }]);
  expect(harness.messages('ann')[0]!.text).toContain('could not be opened in time');
});
