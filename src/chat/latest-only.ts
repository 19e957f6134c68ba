/** Sends the newest of many messages, no faster than allowed: what is outdated is never sent. */
import { setTimeout as after } from 'node:timers/promises';

export class LatestOnly<Message> {
  readonly #interval: number;
  readonly #send: (message: Message) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #ended = new AbortController();
  #waiting: Message | undefined;
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

  push(message: Message): void {
    if (this.#ended.signal.aborted) return;
    this.#waiting = message;
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
      const message = this.#waiting;
      this.#waiting = undefined;
      await this.#send(message).catch(this.#failed);
      // Ended: the pause is over at once.
      await after(this.#interval, null, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }
}
