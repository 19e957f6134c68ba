/** Progress in one message, as fast as Slack allows: what comes too early is dropped. */
import type { webApi } from '@slack/bolt';
import type { Outbound } from '../../chat/outbound.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import { isGone, retryAfter } from './failures.ts';
import { edit, post } from './speech.ts';

export class ProgressBoard {
  readonly #client: webApi.WebClient;
  /** Milliseconds since 1970, when Slack listens to edits again. */
  #quietUntil = 0;

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  /** Pictures of what is under way are left out: Slack would keep a file of each. */
  async show(address: SlackAddress, outbound: Outbound): Promise<SlackAddress> {
    if (Date.now() < this.#quietUntil) return address;
    try {
      return await this.#put(address, messageOf(outbound));
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds === undefined) throw error;
      this.#quietUntil = Date.now() + seconds * 1000;
      return address;
    }
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
    return { ...address, message: await post(this.#client, address, message) };
  }
}
