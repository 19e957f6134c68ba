/** Interactions as the gateway brings them. */
import { CHANNEL, APPLICATION, GUILD, snowflake, userOf } from './discord-world.ts';
import type { Asked, Guest } from './discord-world.ts';
import type { Who } from './platform-harness.ts';

const MANAGE_GUILD = 1n << 5n;
const ADMINISTRATOR = 1n << 3n;
const ALL = (1n << 50n) - 1n;

export interface Circumstances {
  /** What is told of the channel, where it is no ordinary one. */
  readonly channel?: { readonly id?: string; readonly type: number; readonly parent_id?: string };
  /** A conversation of two with the bot. */
  readonly direct?: boolean;
  /** The member brought the app along: the bot is not on the server. */
  readonly userInstall?: boolean;
  /** Bits that the bot lacks in the channel. */
  readonly lacks?: bigint;
  readonly limit?: number;
  readonly quiet?: boolean;
  /** Discord hands the same event out twice. */
  readonly twice?: boolean;
}

export function newAsked(
  who: Who | Guest,
  { limit = 10 * 2 ** 20, quiet = false }: Circumstances,
): Asked {
  return {
    id: snowflake(),
    token: `token-of-interaction-${snowflake()}`,
    who,
    channel: CHANNEL,
    sentAt: Date.now(),
    limit,
    quiet,
    expired: false,
  };
}

/** @param rest type, data, and what else belongs to the kind of interaction */
export function interactionPayload(
  asked: Asked,
  rest: Readonly<Record<string, unknown>>,
  { direct = false, userInstall = false, lacks = 0n, channel }: Circumstances,
): unknown {
  const user = userOf(asked.who);
  const permissions = (asked.who === 'ann' ? ALL : ALL & ~MANAGE_GUILD & ~ADMINISTRATOR).toString();
  const member = {
    user,
    nick: asked.who === 'bob' ? 'Bobby' : null,
    roles: [],
    joined_at: new Date(0).toISOString(),
    deaf: false,
    mute: false,
    flags: 0,
    permissions,
  };
  const who = direct ? { user } : { member, guild_id: GUILD, guild_locale: 'en-US' };
  return {
    id: asked.id,
    application_id: APPLICATION,
    token: asked.token,
    version: 1,
    channel: { id: asked.channel, type: direct ? 1 : 0, ...channel },
    channel_id: asked.channel,
    app_permissions: (ALL & ~ADMINISTRATOR & ~lacks).toString(),
    locale: 'en-GB',
    entitlements: [],
    authorizing_integration_owners: userInstall ? { '1': user.id } : { '0': direct ? '0' : GUILD },
    context: direct ? 1 : 0,
    attachment_size_limit: asked.limit,
    ...who,
    ...rest,
  };
}
