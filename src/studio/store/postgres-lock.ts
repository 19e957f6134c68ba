/** The lock in a PostgreSQL database that keeps other bots out of it. */
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';

/** Any number: it names the lock of bots among other locks in the database. */
const LOCK = 0x0d12ea;

const PATIENCE = 5000;

/** A connection whose other end is gone without a word is noticed within seconds, and not after hours. */
export const ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** Milliseconds for a connection to be made. */
const CONNECTING = 15_000;

/** Milliseconds between two attempts to have a lost lock back, at first and at most. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

export interface LockOptions {
  /** Milliseconds that a bot which was killed may take to be noticed by the server. @default 5000 */
  readonly patience?: number;
  /**
   * Another bot has the lock, after this one had lost it. By default an error that nobody catches,
   * which ends this bot: both would answer.
   */
  readonly taken?: (error: DreamError) => void;
}

/**
 * The server takes the lock back when its connection breaks. It is taken again then, unless another
 * bot was faster.
 */
export class DatabaseLock {
  #client: pg.Client;
  readonly #released = new AbortController();
  #taking: Promise<void> | null = null;

  /** @throws DreamError 'cannot-write' when the server cannot be reached, or another bot has it. */
  static async take(url: string, log: Logger, options: LockOptions = {}): Promise<DatabaseLock> {
    return new DatabaseLock(url, log, options, await take(url, options));
  }

  private constructor(
    private readonly url: string,
    private readonly log: Logger,
    private readonly options: LockOptions,
    client: pg.Client,
  ) {
    this.#client = client;
    this.#keep(client);
  }

  async release(): Promise<void> {
    this.#released.abort();
    await this.#taking;
    await this.#client.end();
  }

  #keep(client: pg.Client): void {
    this.#client = client;
    client.once('end', () => {
      if (!this.#released.signal.aborted) this.#taking = this.#takeAgain();
    });
  }

  async #takeAgain(): Promise<void> {
    const { signal } = this.#released;
    const { taken = raise } = this.options;
    this.log.error({}, 'the lock of the database is lost');
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        this.#keep(await take(this.url, this.options));
        this.log.info({}, 'the lock of the database is taken again');
        return;
      } catch (error) {
        if (error instanceof DatabaseTaken) {
          taken(error);
          return;
        }
        this.log.warn({ err: error }, 'the lock of the database cannot be taken again yet');
        await after(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function raise(error: DreamError): void {
  queueMicrotask(() => {
    throw error;
  });
}

class DatabaseTaken extends DreamError {
  constructor() {
    super(
      'cannot-write',
      'the database is used by another bot that is running',
      'Stop that one, or give this one a database of its own.',
    );
  }
}

async function take(url: string, { patience = PATIENCE }: LockOptions): Promise<pg.Client> {
  const client = new pg.Client({
    ...{ connectionString: url, lock_timeout: patience, ...ALIVE },
    connectionTimeoutMillis: CONNECTING,
  });
  // Its end, which follows, is what counts.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw refusal(error);
  }
}

/** Never with the address: there is a password in it. */
function refusal(error: unknown): DreamError {
  const { code } = error as { code?: string };
  if (code === '55P03') return new DatabaseTaken();
  return new DreamError(
    'cannot-write',
    `the database of DATABASE_URL cannot be used: ${code ?? 'no answer'}`,
    'Look whether PostgreSQL runs there, and whether name and password are right.',
    { cause: error },
  );
}
