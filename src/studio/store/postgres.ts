/** PostgreSQL: all that is its own, and nobody else's business. */
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { Backend } from './backend.ts';

/** Any number: it names the lock of bots among other locks in the database. */
const LOCK = 0x0d12ea;

/** Milliseconds that a bot which was killed may take to be noticed by the server. */
const PATIENCE = 5000;

/**
 * One connection: statements follow each other as they do in the embedded file, so what holds
 * there holds here. A second one has the lock that keeps other bots out.
 *
 * @throws DreamError 'cannot-write' when the server cannot be reached, or another bot has the database.
 */
export async function openServer(url: string, log: Logger): Promise<Backend> {
  const lock = await takeLock(url);
  lock.on('error', (error) => {
    log.error({ err: error }, 'the lock of the database is lost');
  });
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', (error) => {
    log.warn({ err: error }, 'the database closed its connection');
  });
  return {
    dialect: new PostgresDialect({ pool }),
    // A migration is one transaction there: it happens whole or not at all.
    backUp: () => Promise.resolve(null),
    release: () => lock.end(),
  };
}

async function takeLock(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, lock_timeout: PATIENCE });
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
  if (code === '55P03') {
    return new DreamError(
      'cannot-write',
      'the database is used by another bot that is running',
      'Stop that one, or give this one a database of its own.',
    );
  }
  return new DreamError(
    'cannot-write',
    `the database of DATABASE_URL cannot be used: ${code ?? 'no answer'}`,
    'Look whether PostgreSQL runs there, and whether name and password are right.',
    { cause: error },
  );
}
