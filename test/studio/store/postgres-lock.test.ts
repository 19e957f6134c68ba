import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseLock } from '../../../src/studio/store/postgres-lock.ts';
import { postgres, startPostgres } from '../../helpers/postgres.ts';
import type { PostgresServer } from '../../helpers/postgres.ts';
import { TestLog } from '../../helpers/studio.ts';

const LOST = 'the lock of the database is lost';
const AGAIN = 'the lock of the database is taken again';

if ('missing' in postgres) {
  it.skip(`a lost lock is taken again (${postgres.missing})`, () => undefined);
} else {
  describe('a lost lock', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    it('is taken again', async () => {
      const url = await server.create();
      const log = new TestLog();
      const lock = await DatabaseLock.take(url, log);
      await breakConnection(url);
      await log.until(AGAIN);
      const second = DatabaseLock.take(url, log, { patience: 200 });
      await expect(second).rejects.toMatchObject({ code: 'cannot-write' });
      await lock.release();
      await (await DatabaseLock.take(url, log)).release();
      expect(log.of(LOST)).toHaveLength(1);
    });

    it('that another bot has by now ends this one', async () => {
      const url = await server.create();
      const log = new TestLog();
      const other = { lock: null as DatabaseLock | null };
      const taken = await new Promise((resolve, reject) => {
        DatabaseLock.take(url, log, { patience: 200, taken: resolve })
          .then(async () => {
            const waiting = DatabaseLock.take(url, new TestLog());
            await untilWaitedFor(url);
            await breakConnection(url);
            other.lock = await waiting;
          })
          .catch(reject);
      });
      expect(taken).toMatchObject({ code: 'cannot-write' });
      await other.lock?.release();
    });
  });
}

/** As an administrator, or a network that fails, would. */
async function breakConnection(url: string): Promise<void> {
  await asAdministrator(url, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    ),
  );
}

/** Until another one waits for the lock. */
async function untilWaitedFor(url: string): Promise<void> {
  const waiting = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
  await asAdministrator(url, async (client) => {
    while ((await client.query(waiting)).rowCount === 0);
  });
}

async function asAdministrator(
  url: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client);
  await client.end();
}
