/** Whether the tokens are good, in words that say which one is not. */
import type { webApi } from '@slack/bolt';
import { DreamError } from '../../kit/errors.ts';
import { reasonOf } from './failures.ts';

/** Who the bot is. */
export interface Identity {
  readonly team: string;
  readonly user: string;
  readonly botId: string;
  /** `@name` */
  readonly name: string;
}

/** @throws DreamError 'login-failed' */
export async function login(client: webApi.WebClient): Promise<Identity> {
  try {
    const { team_id: team, user_id: user, bot_id: botId, user: name } = await client.auth.test();
    if (team && user && botId && name) return { team, user, botId, name };
  } catch (error) {
    throw loginFailure('SLACK_BOT_TOKEN', error);
  }
  throw new DreamError(
    'login-failed',
    'SLACK_BOT_TOKEN belongs to a person, not to a bot',
    'Take the Bot User OAuth Token (xoxb-…) of the app, from its page OAuth & Permissions.',
  );
}

const HINTS = {
  SLACK_BOT_TOKEN:
    'It is the Bot User OAuth Token (xoxb-…) of the app, from its page OAuth & Permissions.',
  SLACK_APP_TOKEN:
    'It is an App-Level Token (xapp-…) with the scope connections:write, from Basic Information.',
};

export function loginFailure(token: keyof typeof HINTS, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason !== undefined) return refusedToken(token, reason, error);
  const found = error instanceof Error ? error.message : String(error);
  const hint = 'Check that this machine reaches slack.com.';
  return new DreamError('login-failed', `Slack cannot be reached: ${found}`, hint, {
    cause: error,
  });
}

/** Where Slack's events are to come to. */
export function portFailure(port: number, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const reason = code === 'EADDRINUSE' ? 'is in use' : 'may not be used';
  const hint = 'Set SLACK_PORT to another one, or stop what uses it.';
  const message = `the port ${port} for Slack's events ${reason}`;
  return new DreamError('login-failed', message, hint, { cause: error });
}

export function refusedToken(
  token: keyof typeof HINTS,
  reason: string,
  cause?: unknown,
): DreamError {
  return new DreamError('login-failed', `Slack refuses ${token}: ${reason}`, HINTS[token], {
    cause,
  });
}
