/** PostgreSQL: all that is its own, and nobody else's business. */
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from '../../kit/log.ts';
import type { Backend } from './backend.ts';
import { patientPool } from './patient-pool.ts';
import { ALIVE, DatabaseLock } from './postgres-lock.ts';

/**
 * One connection: statements follow each other as they do in the embedded file, so what holds
 * there holds here. A second one has the lock that keeps other bots out.
 *
 * @throws DreamError 'cannot-write' when the server cannot be reached, or another bot has the database.
 */
export async function openServer(url: string, log: Logger): Promise<Backend> {
  const lock = await DatabaseLock.take(url, log);
  const pool = new pg.Pool({ connectionString: url, max: 1, ...ALIVE });
  pool.on('connect', (client) => {
    // Between two statements of a transaction nobody else listens; the next one fails, and is told.
    client.on('error', () => undefined);
  });
  pool.on('error', ({ message }) => {
    // Without the rest of the error: the connection hangs on it, with its secrets.
    log.warn({ reason: message }, 'the database closed its connection');
  });
  return {
    dialect: new PostgresDialect({ pool: patientPool(pool, log) }),
    // A migration is one transaction there: it happens whole or not at all.
    backUp: () => Promise.resolve(null),
    release: () => lock.release(),
  };
}
