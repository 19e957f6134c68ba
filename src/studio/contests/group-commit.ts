/**
 * Many small changes, few transactions: while one is being written to the disk the next changes
 * gather, and are committed together. Nobody hears of a change before it is on the disk.
 */
import { DreamError } from '../../kit/errors.ts';

/** Most changes in one transaction: it keeps the others waiting. */
const MOST = 200;

/** A change within a transaction: it throws a DreamError before it has written anything of its own. */
export type Change<Session, Result> = (session: Session) => Promise<Result>;

interface Waiting<Session> {
  /** @returns how to tell of its outcome, once that has been committed. */
  readonly run: (session: Session) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

export class GroupCommit<Session> {
  readonly #transaction: (work: (session: Session) => Promise<void>) => Promise<void>;
  readonly #waiting: Waiting<Session>[] = [];
  #working: Promise<void> | undefined;

  constructor(transaction: (work: (session: Session) => Promise<void>) => Promise<void>) {
    this.#transaction = transaction;
  }

  /** In the order in which they are asked for. */
  change<Result>(change: Change<Session, Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const run = async (session: Session): Promise<() => void> => {
        try {
          const result = await change(session);
          return () => {
            resolve(result);
          };
        } catch (error) {
          if (!(error instanceof DreamError)) throw error;
          return () => {
            reject(error);
          };
        }
      };
      this.#waiting.push({ run, fail: reject });
      this.#working ??= this.#work();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    // Whoever comes in the same turn comes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST));
    this.#working = undefined;
  }

  async #commit(group: readonly Waiting<Session>[]): Promise<void> {
    const outcomes: (() => void)[] = [];
    try {
      await this.#transaction(async (session) => {
        for (const { run } of group) outcomes.push(await run(session));
      });
    } catch (error) {
      // Nothing of the whole group was written.
      for (const { fail } of group) fail(error);
      return;
    }
    for (const tell of outcomes) tell();
  }
}
