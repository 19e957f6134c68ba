/** Sends the newest of many messages, no faster than allowed: what is outdated is never sent. */
import { setTimeout as after } from 'node:timers/promises';

export class LatestOnly<Message> {
  readonly #interval: number;
  readonly #send: (message: Message) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #ended = new AbortController();
  #waiting: { readonly message: Message; readonly interval: number } | undefined;
  #sending: Promise<void> | null = null;

  /** @param interval milliseconds from one message to the next. */
  constructor(
    interval: number,
    send: (message: Message) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#interval = interval;
    this.#send = send;
    this.#failed = failed;
  }

  /** @param interval until the next, where it is not as usual. */
  push(message: Message, interval = this.#interval): void {
    if (this.#ended.signal.aborted) return;
    this.#waiting = { message, interval };
    this.#sending ??= this.#run().finally(() => (this.#sending = null));
  }

  /** What waits is dropped; resolves when what is on its way has arrived. */
  async end(): Promise<void> {
    this.#waiting = undefined;
    this.#ended.abort();
    await this.#sending;
  }

  async #run(): Promise<void> {
    while (this.#waiting !== undefined) {
      const { message, interval } = this.#waiting;
      this.#waiting = undefined;
      await this.#send(message).catch(this.#failed);
      // Ended: the pause is over at once.
      await after(interval, null, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }
}
