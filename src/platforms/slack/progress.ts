/** Progress in one message, as fast as Slack allows: what comes too early is dropped. */
import type { webApi } from '@slack/bolt';
import type { Outbound } from '../../chat/outbound.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import { isClosed, isGone, retryAfter } from './failures.ts';
import { edit, post } from './speech.ts';

/** Milliseconds before a channel that is closed to the bot is tried again. */
const CLOSED = 60_000;

export class ProgressBoard {
  readonly #client: webApi.WebClient;
  /** Milliseconds since 1970, when Slack listens to edits again. */
  #quietUntil = 0;
  /** The same of channels that the bot cannot speak in. */
  readonly #closedUntil = new Map<string, number>();

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  /** Pictures of what is under way are left out: Slack would keep a file of each. */
  async show(address: SlackAddress, outbound: Outbound): Promise<SlackAddress> {
    const { channel } = address;
    if (Date.now() < Math.max(this.#quietUntil, this.#closedUntil.get(channel) ?? 0))
      return address;
    try {
      return await this.#put(address, messageOf(outbound));
    } catch (error) {
      if (isClosed(error)) this.#close(channel);
      const seconds = retryAfter(error);
      if (seconds === undefined) throw error;
      this.#quietUntil = Date.now() + seconds * 1000;
      return address;
    }
  }

  /** What is tried with every step would take what Slack grants from all others. */
  #close(channel: string): void {
    const now = Date.now();
    for (const [each, until] of this.#closedUntil) {
      if (until < now) this.#closedUntil.delete(each);
    }
    this.#closedUntil.set(channel, now + CLOSED);
  }

  async #put(address: SlackAddress, message: ReturnType<typeof messageOf>): Promise<SlackAddress> {
    const { channel, message: ts } = address;
    try {
      if (ts !== null) {
        await edit(this.#client, { channel, ts }, message);
        return address;
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return { ...address, ...(await post(this.#client, address, message)) };
  }
}
