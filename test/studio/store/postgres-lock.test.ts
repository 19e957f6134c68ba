import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseLock } from '../../../src/studio/store/postgres-lock.ts';
import { breakLock, postgres, startPostgres, untilWaitedFor } from '../../helpers/postgres.ts';
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
      await breakLock(url);
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
            await breakLock(url);
            other.lock = await waiting;
          })
          .catch(reject);
      });
      expect(taken).toMatchObject({ code: 'cannot-write' });
      await other.lock?.release();
    });
  });
}
