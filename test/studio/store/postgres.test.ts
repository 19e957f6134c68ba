import { sql } from 'kysely';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/studio/store/database.ts';
import { patientPool } from '../../../src/studio/store/patient-pool.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { postgres, startPostgres } from '../../helpers/postgres.ts';
import type { PostgresServer } from '../../helpers/postgres.ts';
import { TestLog } from '../../helpers/studio.ts';

const folder = temporaryFolder();

describe('a server that cannot be reached', () => {
  const client = {} as PostgresPoolClient;

  /** Gives a connection at the attempt of that number. */
  function poolFrom(attempt: number): PostgresPool & { attempts: number } {
    return {
      attempts: 0,
      connect() {
        this.attempts += 1;
        if (this.attempts >= attempt) return Promise.resolve(client);
        return Promise.reject(new Error(`refused ${this.attempts}`));
      },
      end: () => Promise.resolve(),
    };
  }

  it('is asked again', async () => {
    const log = new TestLog();
    expect(await patientPool(poolFrom(3), log, [0, 0, 0]).connect()).toBe(client);
    expect(log.of('the database cannot be reached')).toEqual([
      { reason: 'refused 1' },
      { reason: 'refused 2' },
    ]);
  });

  it('is given up at last', async () => {
    const pool = patientPool(poolFrom(9), new TestLog(), [0, 0]);
    await expect(pool.connect()).rejects.toThrow('refused 3');
  });

  it('is not waited for by a bot that ends', async () => {
    const log = new TestLog();
    const inner = poolFrom(9);
    const pool = patientPool(inner, log, [2 ** 30, 2 ** 30]);
    const connecting = pool.connect();
    await log.until('the database cannot be reached');
    await pool.end();
    await expect(connecting).rejects.toThrow('refused 2');
  });
});

if ('missing' in postgres) {
  it.skip(`a lost connection (${postgres.missing})`, () => undefined);
} else {
  describe('a lost connection', () => {
    let server: PostgresServer;
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    it('fails the transaction that it was lost in, and nothing else', async () => {
      const url = await server.create();
      const log = new TestLog();
      const database = await openDatabase(folder, log, url);
      const others = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException').on('uncaughtException', note);
      try {
        const lost = database.tables.transaction().execute(async (tables) => {
          await breakConnection(url, await backendOf(tables));
          for (;;) await sql`SELECT 1`.execute(tables);
        });
        await expect(lost).rejects.toThrow();
        const { rows } = await sql`SELECT 1 AS one`.execute(database.tables);
        expect(rows).toEqual([{ one: 1 }]);
        // Where nobody has caught it, it was heard of by now: it comes with the end of the connection.
        await database.close();
        expect(uncaught).toEqual([]);
      } finally {
        process.off('uncaughtException', note);
        for (const other of others) process.on('uncaughtException', other);
      }
    });
  });
}

type Tables = Parameters<ReturnType<typeof sql>['execute']>[0];

async function backendOf(tables: Tables): Promise<number> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tables);
  return rows[0]!.pid;
}

/** Resolves when the server has let go of it. */
async function breakConnection(url: string, pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
  await client.end();
}
