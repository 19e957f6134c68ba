/** A PostgreSQL server of a test file's own, on a socket in a temporary folder: no port, no password. */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const DEBIAN = '/usr/lib/postgresql';

export interface PostgresServer {
  /** The address of a new and empty database. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** Where its programs are, or why there is no server to be had. */
export const postgres: { readonly programs: string } | { readonly missing: string } = find();

export async function startPostgres(): Promise<PostgresServer> {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const { programs } = postgres;
  const folder = mkdtempSync(join(tmpdir(), 'dream-postgres-'));
  const user = await ownerOf(folder);
  const data = join(folder, 'data');
  await asOwner(join(programs, 'initdb'), [
    ...['-D', data, '-U', 'dream', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    '--no-sync',
  ]);
  // The server itself is never killed here, so it need not wait for the disk.
  const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
  const control = join(programs, 'pg_ctl');
  await asOwner(control, ['-D', data, '-l', join(folder, 'log'), '-w', '-o', options, 'start']);
  const addressOf = (database: string): string =>
    `postgresql://dream@localhost/${database}?host=${encodeURIComponent(folder)}`;
  let databases = 0;
  return {
    async create() {
      const name = `dream_${(databases += 1)}`;
      const client = new pg.Client({ connectionString: addressOf('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return addressOf(name);
    },
    async stop() {
      await asOwner(control, ['-D', data, '-m', 'immediate', '-w', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  /** The server refuses to run as root. */
  async function ownerOf(path: string): Promise<string | null> {
    if (process.getuid?.() !== 0) return null;
    const [{ stdout: uid }, { stdout: gid }] = await Promise.all([
      run('id', ['-u', 'postgres']),
      run('id', ['-g', 'postgres']),
    ]);
    chownSync(path, Number(uid), Number(gid));
    return 'postgres';
  }

  async function asOwner(program: string, given: readonly string[]): Promise<void> {
    const [command, ...rest] =
      user === null ? [program, ...given] : ['runuser', '-u', user, '--', program, ...given];
    await run(command, rest, { cwd: folder });
  }
}

function find(): typeof postgres {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions.map(Number).sort((one, other) => other - one)[0];
  if (newest !== undefined) return { programs: join(DEBIAN, String(newest), 'bin') };
  return { missing: `PostgreSQL is not installed: there is nothing in ${DEBIAN}` };
}

/** Breaks the connection that has a bot's lock, as an administrator, or a network that fails, would. */
export async function breakLock(url: string): Promise<void> {
  await asAdministrator(url, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    ),
  );
}

/** Until another bot waits for the lock. */
export async function untilWaitedFor(url: string): Promise<void> {
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
