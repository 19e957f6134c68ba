/** A second picture: by the word in a mention, by its field in the form. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { PNG, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

const photo = { name: 'photo.png', bytes: PNG };
const mask = { name: 'mask.png', bytes: PNG };

let harness: SlackHarness;
let handler: Scripted;

beforeEach(async () => {
  harness = await slackHarness(commands);
  handler = scripted();
  const platform = await harness.connect();
  await platform.start(handler);
});

afterEach(() => harness.close());

function values(at: number): Record<string, unknown> {
  const event = handler.events[at];
  if (event?.kind !== 'command') throw new Error('no command came');
  return event.values;
}

it('a mention has a mask where the word is said, and no second photo is taken for one', async () => {
  const files = [photo, mask];
  await harness.people.mention('bob', 'dream class:cat mask', { files });
  await harness.people.mention('bob', 'class:cat', { files });
  await handler.heard(2);
  expect(values(0)).toMatchObject({ picture: { name: 'photo.png' }, mask: { name: 'mask.png' } });
  expect(values(1)).toMatchObject({ class: 'cat', picture: { name: 'photo.png' } });
  expect(values(1)).not.toHaveProperty('mask');
});

it('a mask that is said and does not come is missed', async () => {
  await harness.people.mention('bob', 'dream mask', { files: [photo] });
  await handler.heard(1);
  expect(values(0)).toMatchObject({ picture: { name: 'photo.png' }, mask: '' });
});

it('the form asks for it', async () => {
  await harness.people.slash('bob', '/dream class:cat mask');
  const { workspace } = harness.server;
  const form = await workspace.until(() => workspace.views[0]);
  await harness.people.submit('bob', form, { picture: photo, mask });
  await handler.heard(1);
  expect(values(0)).toMatchObject({ class: 'cat', mask: { name: 'mask.png' } });
});
