/** The first answer to an interaction: Discord waits 3 seconds for it, and takes one. */
import { MessageFlags } from 'discord.js';
import type { APIInteraction } from 'discord.js';
import type { Responder } from '../../chat/inbound.ts';
import type { Outbound } from '../../chat/outbound.ts';
import type { Logger } from '../../kit/log.ts';
import { tokenLives } from './address.ts';
import type { DiscordAddress } from './address.ts';
import { isAnsweredAlready, isTooLate } from './failure.ts';
import { writeFitting } from './fitting.ts';
import type { Wire } from './wire.ts';

export function respondTo(
  interaction: APIInteraction,
  address: DiscordAddress,
  { wire, log }: { readonly wire: Wire; readonly log: Logger },
): Responder {
  /** What was answered first: it is not undone, and a second answer follows it. */
  let acknowledged: Promise<DiscordAddress> | undefined;
  /** Where the first answer will stand that takes a while to be made. */
  let prepared: Promise<DiscordAddress> | undefined;
  let answered = false;
  const settled = (error: unknown): void => {
    if (!isTooLate(error) && !isAnsweredAlready(error)) throw error;
    log.warn({ code: error.code }, 'an answer to an interaction came too late or twice');
  };
  const defer = async (ephemeral: boolean): Promise<DiscordAddress> => {
    try {
      const message = await wire.defer(interaction, ephemeral);
      // Where a server keeps apps of its members quiet, Discord makes the answer private.
      const hidden = ((message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
      return { ...address, message: message?.id ?? null, private: hidden };
    } catch (error) {
      settled(error);
      // The token of an interaction that was not answered in time opens nothing.
      return isTooLate(error) ? { ...address, issued: 0 } : address;
    }
  };
  const extras = { limit: address.limit };
  const fillIn = async (thinking: DiscordAddress, outbound: Outbound): Promise<void> => {
    if (!tokenLives(thinking)) return;
    await writeFitting(outbound, extras, (message) => wire.editAnswer(thinking, message));
    prepared = undefined;
  };
  return {
    async prepare({ private: ephemeral = false } = {}) {
      if (answered) return;
      answered = true;
      prepared = defer(ephemeral);
      await prepared;
    },
    acknowledge() {
      answered = true;
      acknowledged ??= defer(false);
      return acknowledged;
    },
    async reply(outbound: Outbound, { private: ephemeral = false } = {}) {
      if (prepared) return fillIn(await prepared, outbound);
      const write = answered ? 'followUp' : 'answer';
      answered = true;
      await acknowledged;
      await writeFitting(outbound, extras, (message) =>
        wire[write](interaction, message, ephemeral),
      ).catch((error: unknown) => {
        // Nothing stands there yet: what is said next is the first answer.
        if (write === 'answer') answered = false;
        settled(error);
      });
    },
    async dismiss() {
      if (answered) return;
      answered = true;
      await wire.dismiss(interaction).catch(settled);
    },
  };
}
