/** Commands that take a file which is no picture. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Command } from '../../../src/chat/command.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { COMMANDS, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

const box: Command = {
  name: 'box',
  description: 'Takes files',
  options: { file: { kind: 'file', description: 'The file', required: true } },
  run: () => Promise.resolve(),
};
const zip = { name: 'face.zip', bytes: Buffer.from('PK') };

let harness: SlackHarness;
let handler: Scripted;

beforeEach(async () => {
  harness = await slackHarness([...COMMANDS, box]);
  const platform = await harness.connect();
  handler = scripted((inbound) => inbound.responder.dismiss());
  await platform.start(handler);
});

afterEach(() => harness.close());

it('is taken from a message', async () => {
  await harness.people.mention('ann', 'box', { files: [zip] });
  await handler.heard(1);
  expect(handler.events).toMatchObject([
    { command: 'box', values: { file: { name: 'face.zip' } } },
  ]);
});

it('is asked for by a form', async () => {
  await harness.people.slash('ann', '/box');
  const { view } = await harness.people.form('ann');
  expect(view['blocks']).toMatchObject([
    { block_id: 'file', optional: false, element: { type: 'file_input', max_files: 1 } },
  ]);
});
