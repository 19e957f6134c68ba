/** Messages that ask for something: mentions, direct messages, and the menu of a message. */
import type { App, MessageShortcut } from '@slack/bolt';
import * as z from 'zod';
import type { Attachment } from '../../chat/option.ts';
import { parseCommandText } from '../../chat/text.ts';
import { DreamError } from '../../kit/errors.ts';
import { isDirect, replyIn } from './address.ts';
import {
  attachedValues,
  commandNamed,
  isPicture,
  unspelled,
  usualCommand,
  withCommand,
} from './commands.ts';
import { explaining, runCommand } from './desk.ts';
import type { Desk, Origin } from './desk.ts';
import { attachmentsOf, sharedFile } from './files.ts';
import { openModal } from './listen-commands.ts';
import { fromMrkdwn } from './markup.ts';

const message = z.object({
  user: z.string().nullish(),
  bot_id: z.string().nullish(),
  /** Absent, or 'file_share'; others tell of changes. */
  subtype: z.string().nullish(),
  text: z.string().nullish(),
  ts: z.string(),
  thread_ts: z.string().nullish(),
  files: z.array(sharedFile).nullish(),
});

const said = message.extend({ channel: z.string() });
type Said = z.infer<typeof said>;

/** Of a message's menu. */
const SHORTCUT = /^picture:/;

export function listenToMessages(app: App, desk: Desk): void {
  app.event('app_mention', ({ event }) => hear(desk, said.parse(event)));
  app.message(async ({ event }) => {
    if (isDirect(event.channel)) await hear(desk, said.parse(event));
  });
  app.shortcut<MessageShortcut>(SHORTCUT, async ({ shortcut, ack }) => {
    await ack();
    const { callback_id: callback, user, channel, response_url: responseUrl } = shortcut;
    const { ts, thread_ts: thread, files } = message.parse(shortcut.message);
    const id = `shortcut/${shortcut.trigger_id}`;
    const within = replyIn(thread, ts);
    const origin = { id, user, channel: channel.id, thread: thread ?? ts, within, responseUrl };
    if (desk.recent.seen(id)) return;
    await explaining(desk, origin, async () => {
      const pictures = (await attachmentsOf(desk.client, files ?? [])).filter(isPicture);
      await runOnPicture(desk, origin, shortcut.trigger_id, {
        name: callback.replace(SHORTCUT, ''),
        pictures,
      });
    });
  });
}

async function hear(desk: Desk, event: Said): Promise<void> {
  const { user, bot_id: bot, subtype, channel, ts, thread_ts: thread } = event;
  if (user == null || bot || (subtype && subtype !== 'file_share')) return;
  // By the message, not by the event: an edit of it is another event.
  const id = `message/${channel}/${ts}`;
  if (desk.recent.seen(id)) return;
  const origin = {
    ...{ id, user: { id: user }, channel, responseUrl: null },
    thread: thread ?? ts,
    within: replyIn(thread, ts),
  };
  await explaining(desk, origin, async () => {
    const files = await attachmentsOf(desk.client, event.files ?? []);
    const text = fromMrkdwn(event.text ?? '');
    const usual = files.some(isPicture) ? usualCommand(desk.commands) : undefined;
    const full = usual ? withCommand(desk.commands, text, usual.name) : text;
    const { values, ...name } = parseCommandText(full, desk.commands);
    const { options } = commandNamed(desk.commands, name);
    const all = { ...values, ...attachedValues(options, files, Object.keys(values)) };
    await runCommand(desk, origin, { ...name, values: all });
  });
}

/** At once; where something else is required, by a form. */
async function runOnPicture(
  desk: Desk,
  origin: Origin,
  trigger: string,
  { name: spelling, pictures }: { name: string; pictures: readonly Attachment[] },
): Promise<void> {
  const name = unspelled(spelling);
  const command = commandNamed(desk.commands, name);
  if (pictures.length === 0) {
    const hint = 'Choose a message that a picture is attached to.';
    throw new DreamError('bad-option', 'this message has no picture', hint);
  }
  const values = attachedValues(command.options, pictures);
  const missing = Object.entries(command.options).some(
    ([option, { required }]) => required === true && !(option in values),
  );
  if (!missing) return runCommand(desk, origin, { ...name, values });
  const { channel, thread, within, responseUrl } = origin;
  const remembered = { ...name, channel, thread, within, responseUrl, pictures: values };
  return openModal(desk, command, trigger, remembered, {});
}
