/** What the bot does in a server without having been asked at that moment. */
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

/** @throws DreamError 'not-allowed' */
export async function giveRole(
  { server }: Place,
  { person, role }: { readonly person: string; readonly role: string },
  { wire }: DeliveryParts,
): Promise<void> {
  try {
    if (server !== undefined) await wire.giveRole(server, person, role);
  } catch (error) {
    if (!(error instanceof DiscordFailure) || error.status >= 500) throw error;
    throw new DreamError(
      'not-allowed',
      `Discord does not let the bot give the role: ${error.message}`,
      'The bot needs the permission Manage Roles, and a role of its own above that one.',
    );
  }
}
