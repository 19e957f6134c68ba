/** Every kind of database that the bot can keep its memory in; the same tests for each. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openDatabase } from '../../src/studio/store/database.ts';
import type { OpenDatabase } from '../../src/studio/store/database.ts';
import { temporaryFolder } from './folder.ts';
import { postgres, startPostgres } from './postgres.ts';
import type { PostgresServer } from './postgres.ts';
import { TestLog } from './studio.ts';

/** A database and a folder, new, or as an earlier `Home` left them. */
export interface Home {
  readonly folder: string;
  readonly url?: string;
  open(): Promise<OpenDatabase>;
}

/** Runs the tests on SQLite, and on PostgreSQL where there is one. */
export function onEveryDatabase(name: string, tests: (home: () => Promise<Home>) => void): void {
  const root = temporaryFolder();
  const homeOf = (url?: string): Home => {
    const folder = mkdtempSync(join(root, 'home-'));
    const open = (): Promise<OpenDatabase> => openDatabase(folder, new TestLog(), url);
    return { folder, open, ...(url === undefined ? {} : { url }) };
  };
  describe(`${name}, in SQLite`, () => {
    tests(() => Promise.resolve(homeOf()));
  });
  if ('missing' in postgres) {
    describe.skip(`${name}, in PostgreSQL (${postgres.missing})`, () => {
      tests(() => Promise.reject(new Error('skipped')));
    });
    return;
  }
  describe(`${name}, in PostgreSQL`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());
    tests(async () => homeOf(await server.create()));
  });
}
