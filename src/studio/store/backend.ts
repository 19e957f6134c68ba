/** What holds the tables. */
import type { Dialect } from 'kysely';

export interface Backend {
  readonly dialect: Dialect;
  /** Copies the database as it stands beside it; null where there is nothing to copy, or no need. */
  backUp(name: string): Promise<string | null>;
  /** To be called after Kysely's own `destroy`. */
  release(): Promise<void>;
}
