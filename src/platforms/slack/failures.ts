/** What Slack's refusals mean. */
import { setTimeout as after } from 'node:timers/promises';
import { webApi } from '@slack/bolt';

/** Slack's own word for what went wrong; undefined for what is no answer of the Web API. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
}

/** Seconds to wait; undefined where the error is another one. */
export function retryAfter(error: unknown): number | undefined {
  return error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter : undefined;
}

const MOST_WAITS = 3;
/** Seconds. */
const LONGEST_WAIT = 60;

/** Again when Slack listens again, where it has asked for a pause. */
export async function patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let waits = 0; ; waits++) {
    try {
      return await attempt();
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds === undefined || seconds > LONGEST_WAIT || waits === MOST_WAITS) throw error;
      await after(seconds * 1000);
    }
  }
}

/** The bot is no member of the channel; of a private one it is not even told that it exists. */
const OUTSIDE = ['not_in_channel', 'channel_not_found'];
/** The message can no longer be edited. */
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed'];
/** There is nothing to reply to, or nothing that takes replies. */
const UNTHREADED = ['thread_not_found', 'cannot_reply_to_message'];
/** The channel is closed to the bot; its people can be reached all the same. */
const CLOSED = [
  ...OUTSIDE,
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'channel_is_limited_access',
  'posting_to_general_channel_denied',
  // Of a channel that is shared with another organization.
  'slack_connect_file_upload_sharing_blocked',
  'slack_connect_blocked_file_type',
];
/** The bot itself is shut out. */
const REFUSED = ['account_inactive', 'invalid_auth', 'token_revoked', 'team_access_not_granted'];
/** There is no conversation with this person. */
const UNREACHABLE = [
  'user_not_found',
  'user_not_visible',
  'user_disabled',
  'cannot_dm_bot',
  'messages_tab_disabled',
  'missing_scope',
];

export function isOutside(error: unknown): boolean {
  return OUTSIDE.includes(reasonOf(error) ?? '');
}

/** Not by a message: by the answer to an event there is a way all the same. */
export function isUnheard(error: unknown): boolean {
  return isClosed(error) || reasonOf(error) === 'user_not_in_channel';
}

export function isGone(error: unknown): boolean {
  return GONE.includes(reasonOf(error) ?? '');
}

export function isUnthreaded(error: unknown): boolean {
  return UNTHREADED.includes(reasonOf(error) ?? '');
}

export function isClosed(error: unknown): boolean {
  return CLOSED.includes(reasonOf(error) ?? '');
}

export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.includes(reasonOf(error) ?? '');
}

/** Nothing can be said in that place, now or later. */
export function isFinal(error: unknown): boolean {
  return isClosed(error) || REFUSED.includes(reasonOf(error) ?? '');
}
