/** A server that is started anew is back within seconds: what comes meanwhile waits for it. */
import { setTimeout as after } from 'node:timers/promises';
import type { PostgresPool } from 'kysely';
import type { Logger } from '../../kit/log.ts';

/** Milliseconds before each further attempt: half a minute in all. */
const PAUSES = [250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 8000];

/**
 * The same pool; connections are asked for again and again where the server cannot be reached.
 * Nothing has been said to it by then, so nothing is said twice.
 */
export function patientPool(pool: PostgresPool, log: Logger, pauses = PAUSES): PostgresPool {
  const ending = new AbortController();
  return {
    async connect() {
      for (const pause of pauses) {
        try {
          return await pool.connect();
        } catch (error) {
          if (ending.signal.aborted) throw error;
          log.warn({ reason: (error as Error).message }, 'the database cannot be reached');
          await after(pause, undefined, { signal: ending.signal }).catch(() => undefined);
        }
      }
      return pool.connect();
    },
    end() {
      ending.abort();
      return pool.end();
    },
  };
}
