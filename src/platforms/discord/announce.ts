/** What the bot does in a server without having been asked at that moment. */
import type { PermissionResolvable, Role } from 'discord.js';
import type { Outbound } from '../../chat/outbound.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { Platform, Sending } from '../../chat/platform.ts';
import { DreamError } from '../../kit/errors.ts';
import { isThere, nonceOf } from './delivery.ts';
import type { DeliveryParts } from './delivery.ts';
import { DiscordFailure, isShutOut } from './failure.ts';
import { USUAL_LIMIT, writeFitting } from './fitting.ts';

type Place = Parameters<Platform['announce']>[0];

/** @throws Undeliverable */
export async function announce(
  { channel }: Place,
  outbound: Outbound,
  { key, again }: Sending,
  parts: DeliveryParts,
): Promise<void> {
  if (again && (await isThere({ channel, message: null }, key, parts))) return;
  try {
    await writeFitting(outbound, { limit: USUAL_LIMIT, key }, (message) =>
      parts.wire.post(channel, message, { nonce: nonceOf(key) }),
    );
  } catch (error) {
    if (!isShutOut(error)) throw error;
    throw new Undeliverable(`the channel cannot be written to: ${error.message}`);
  }
}

/** A winner's role is an ornament: one that lets its bearer do such things is none. */
const POWERS: PermissionResolvable = [
  'Administrator',
  'BanMembers',
  'KickMembers',
  'DeafenMembers',
  'ManageChannels',
  'ManageEvents',
  'ManageGuild',
  'ManageGuildExpressions',
  'ManageMessages',
  'ManageNicknames',
  'ManageRoles',
  'ManageThreads',
  'ManageWebhooks',
  'MentionEveryone',
  'ModerateMembers',
  'MoveMembers',
  'MuteMembers',
  'ViewAuditLog',
];

export interface Granting {
  readonly person: string;
  /** Undefined where the server has none of that id. */
  readonly role: Pick<Role, 'id' | 'permissions'> | undefined;
}

/** @throws DreamError 'not-allowed' */
export async function giveRole(
  { server }: Place,
  { person, role }: Granting,
  { wire }: DeliveryParts,
): Promise<void> {
  if (server === undefined || !role) {
    throw new DreamError('not-allowed', 'there is no such role here any more');
  }
  if (role.permissions.any(POWERS)) {
    throw new DreamError('not-allowed', 'the role carries powers, and is not given away');
  }
  try {
    await wire.giveRole(server, person, role.id);
  } catch (error) {
    if (!(error instanceof DiscordFailure) || error.status >= 500) throw error;
    throw new DreamError(
      'not-allowed',
      `Discord does not let the bot give the role: ${error.message}`,
      'The bot needs the permission Manage Roles, and a role of its own above that one.',
    );
  }
}
