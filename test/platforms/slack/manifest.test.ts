/**
 * The app's description for Slack, as it lies in the repository:
 *
 *   UPDATE_EXPECTED=1 npx vitest run test/platforms/slack/manifest.test.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { commands } from '../../../commands/index.ts';
import { slackManifest } from '../../../src/platforms/slack/manifest.ts';
import { COMMANDS } from './scripted.ts';

const FILE = new URL('../../../src/platforms/slack/manifest.json', import.meta.url);

/** Slack's limits, after its reference of manifests. */
const schema = z.object({
  display_information: z.object({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(174).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.object({
    bot_user: z.object({ display_name: z.string().max(80) }),
    shortcuts: z
      .array(
        z.object({
          name: z.string().min(1).max(24),
          type: z.enum(['message', 'global']),
          callback_id: z.string().max(255),
          description: z.string().max(150),
        }),
      )
      .max(10),
    slash_commands: z
      .array(
        z.object({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().max(1000).optional(),
        }),
      )
      .max(50),
  }),
});

it('the manifest is what the commands make it', () => {
  const text = `${JSON.stringify(slackManifest(commands), null, 2)}\n`;
  if (process.env['UPDATE_EXPECTED']) writeFileSync(FILE, text);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(text));
});

it('keeps to Slack’s limits', () => {
  expect(() => schema.parse(slackManifest(commands))).not.toThrow();
  const [command] = commands;
  const long = [{ ...command!, onPicture: 'Dream on this picture, please' }];
  expect(() => schema.parse(slackManifest(long))).not.toThrow();
});

it('has every command, and menu entries for those that take the picture of a message', () => {
  expect(slackManifest(COMMANDS)).toMatchObject({
    features: {
      shortcuts: [
        { name: 'Dream this picture', type: 'message', callback_id: 'picture:dream' },
        { name: 'Submit to the contest', type: 'message', callback_id: 'picture:contest submit' },
      ],
      slash_commands: [
        { command: '/dream', usage_hint: expect.stringContaining('layer:…') as string },
        { command: '/contest', usage_hint: 'list | start | submit' },
        { command: '/layers' },
      ],
    },
    settings: { socket_mode_enabled: true },
  });
});

it('names the address of a server of one’s own in every place', () => {
  const url = 'https://dream.example/slack/events';
  expect(slackManifest(COMMANDS, { name: 'dreamer', url })).toMatchObject({
    display_information: { name: 'dreamer' },
    features: { slash_commands: [{ url }, { url }, { url }] },
    settings: {
      event_subscriptions: { request_url: url },
      interactivity: { request_url: url, message_menu_options_url: url },
      socket_mode_enabled: false,
    },
  });
});
