/** Messages out: posted, edited, whispered. */
import type { webApi } from '@slack/bolt';
import type { SlackMessage } from './blocks.ts';
import { isDirect } from './address.ts';
import { isOutside, isUnthreaded, patiently, reasonOf } from './failures.ts';

export interface Spot {
  readonly channel: string;
  /** Null for the channel itself. */
  readonly thread: string | null;
}

/** Where a message has come to stand. */
export interface Standing {
  /** Its `ts`. */
  readonly message: string;
  /** Null in the channel itself: there Slack puts a reply to what somebody has deleted. */
  readonly thread: string | null;
}

export async function post(
  client: webApi.WebClient,
  { channel, thread }: Spot,
  message: SlackMessage,
): Promise<Standing> {
  const { ts, message: said } = await asMember(client, channel, () =>
    threaded(thread, (reply) =>
      client.chat.postMessage({ channel, ...reply, ...message, unfurl_links: false }),
    ),
  );
  if (ts === undefined) throw new Error('Slack posted a message and did not say where');
  return { message: ts, thread: said?.thread_ts === undefined ? null : thread };
}

/** As a reply; in the channel itself where that can be none. */
export async function threaded<Result>(
  thread: string | null,
  attempt: (reply: { readonly thread_ts?: string }) => Promise<Result>,
): Promise<Result> {
  if (thread === null) return attempt({});
  try {
    return await attempt({ thread_ts: thread });
  } catch (error) {
    if (!isUnthreaded(error)) throw error;
    return attempt({});
  }
}

export async function edit(
  client: webApi.WebClient,
  { channel, ts }: { channel: string; ts: string },
  message: SlackMessage,
): Promise<void> {
  await client.chat.update({ channel, ts, ...message });
}

/** Only the person sees it; a conversation of two is private as it is. */
export async function whisper(
  client: webApi.WebClient,
  { channel, thread, person }: Spot & { person: string },
  message: SlackMessage,
): Promise<void> {
  if (isDirect(channel)) {
    await post(client, { channel, thread }, message);
    return;
  }
  await threaded(thread, (reply) =>
    client.chat.postEphemeral({ channel, user: person, ...reply, ...message }),
  );
}

/** The conversation of two with a person. */
export async function directChannel(client: webApi.WebClient, person: string): Promise<string> {
  const { channel } = await client.conversations.open({ users: person });
  if (channel?.id === undefined) throw new Error('Slack opened no direct message');
  return channel.id;
}

/** Also where the bot is no member: five times within half an hour of the event. */
export async function respond(
  responseUrl: string,
  message: SlackMessage,
  { visibly }: { visibly: boolean },
): Promise<void> {
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...message,
      response_type: visibly ? 'in_channel' : 'ephemeral',
      replace_original: false,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Slack refused a response with status ${response.status}`);
}

/** Enters a public channel where that is what it takes. */
export async function asMember<Result>(
  client: webApi.WebClient,
  channel: string,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (!isOutside(error) || !(await join(client, channel))) throw error;
    return attempt();
  }
}

/** Whether the bot is a member now. Private channels and conversations it cannot join by itself. */
export async function join(client: webApi.WebClient, channel: string): Promise<boolean> {
  try {
    await patiently(() => client.conversations.join({ channel }));
    return true;
  } catch (error) {
    const reason = reasonOf(error);
    // No answer says nothing of the channel.
    if (reason === undefined) throw error;
    // It sees the channel, so it is in it.
    return reason === 'method_not_supported_for_channel_type';
  }
}
