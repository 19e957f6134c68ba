/** Buttons and menus of the bot's messages. */
import type { App, BlockAction } from '@slack/bolt';
import * as z from 'zod';
import { aboutOf, actionOf } from './blocks.ts';
import { replyIn } from './address.ts';
import { runAction } from './desk.ts';
import type { Desk, Origin } from './desk.ts';

/** Where the pressed message stands; of what only one person sees, Slack tells less. */
const container = z.object({
  channel_id: z.string(),
  message_ts: z.string(),
  thread_ts: z.string().nullish(),
  is_ephemeral: z.boolean().nullish(),
});

export function listenToActions(app: App, desk: Desk): void {
  app.action<BlockAction>({ action_id: /^(\d+|menu):/ }, async ({ body, action, ack }) => {
    await ack();
    const origin = originOf(body, aboutOf(action.block_id));
    if (desk.recent.seen(origin.id)) return;
    const choice = 'selected_option' in action ? action.selected_option?.value : undefined;
    const pressed = { action: actionOf(action.action_id) };
    await runAction(desk, origin, choice === undefined ? pressed : { ...pressed, choice });
  });
}

/** The answer stands in the thread of the message that was pressed. */
function originOf(body: BlockAction, { about, thread }: ReturnType<typeof aboutOf>): Origin {
  const where = container.parse(body.container);
  const alone = where.is_ephemeral === true ? null : where.message_ts;
  return {
    id: `action/${body.trigger_id}`,
    user: { id: body.user.id, ...(body.user.name ? { name: body.user.name } : {}) },
    channel: where.channel_id,
    ...(about === undefined ? {} : { about }),
    thread: thread ?? where.thread_ts ?? alone,
    within: replyIn(where.thread_ts, where.message_ts),
    responseUrl: body.response_url,
  };
}
