/** The embedded database: all that is SQLite's own, and nobody else's business. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';
import type { DatabaseConnection, SqliteDialectConfig } from 'kysely';
import Database from 'libsql';
import { DreamError } from '../../kit/errors.ts';
import type { Backend } from './backend.ts';

const BUSY_TIMEOUT = 5000;

/**
 * What is committed there has been handed to the disk (WAL, synchronous=FULL): it survives the
 * death of the process and of the machine.
 *
 * @throws DreamError 'cannot-write' when another process has the folder, or its files cannot be used.
 */
export function openEmbedded(folder: string): Backend {
  const path = join(folder, 'dream.db');
  const lock = lockFolder(folder);
  const isNew = !existsSync(path);
  const database = openFile(path, lock);
  return {
    dialect: new EmbeddedDialect({ database }),
    async backUp(name) {
      if (isNew) return null;
      const copy = join(folder, `dream-before-${name}.db`);
      const unfinished = `${copy}.tmp`;
      await rm(unfinished, { force: true });
      database.exec(`VACUUM INTO '${unfinished.replaceAll("'", "''")}'`);
      await rename(unfinished, copy);
      return copy;
    },
    release() {
      lock.exec('ROLLBACK');
      lock.close();
      return Promise.resolve();
    },
  };
}

function openFile(path: string, lock: Database.Database): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: BUSY_TIMEOUT });
    // By `exec`: a prepared statement would keep the file open until it is collected.
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    return database;
  } catch (error) {
    database?.close();
    lock.close();
    throw unusable(path, error);
  }
}

/** A damaged file, a full disk, or nothing that may be written to. */
function unusable(path: string, error: unknown): DreamError {
  const message = `the database '${path}' cannot be used: ${(error as Error).message}`;
  const hint = 'Look whether the disk is full, and whether this user may write there.';
  return new DreamError('cannot-write', message, hint, { cause: error });
}

class EmbeddedDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }

  override createDriver(): SqliteDriver {
    return new EmbeddedDriver(this.#config);
  }
}

/** Where the disk is full SQLite rolls back by itself: that is what is to be told, not this. */
class EmbeddedDriver extends SqliteDriver {
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!/no transaction is active/.test((error as Error).message)) throw error;
    }
  }
}

/** Tables are made and changed within a transaction, too: a migration happens whole or not at all. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** One bot a folder: a lock of the system's, which goes when the process goes, however it ends. */
function lockFolder(folder: string): Database.Database {
  const path = join(folder, 'lock.db');
  let lock: Database.Database | undefined;
  try {
    lock = new Database(path);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw unusable(path, error);
    throw new DreamError(
      'cannot-write',
      `the data folder '${folder}' is used by another bot that is running`,
      'Stop that one, or give this one a folder of its own.',
      { cause: error },
    );
  }
}
