/** Who may start contests in a server, beside its admins. */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import { DreamError } from '../../kit/errors.ts';
import type { Shelf } from '../../kit/shelf.ts';
import type { Place } from '../order.ts';
import { databaseShelf } from '../store/shelf.ts';
import type { Tables } from '../store/tables.ts';
import type { Actor } from './contest.ts';

const COLLECTION = 'contest-runners';

const rolesSchema = z.array(z.string().min(1).max(100)).max(50);

export class Runners {
  readonly #shelf: Shelf;

  constructor(tables: Kysely<Tables>) {
    this.#shelf = databaseShelf(tables);
  }

  /** Ids of roles. */
  async of(place: Place): Promise<readonly string[]> {
    return rolesSchema.parse((await this.#shelf.get(COLLECTION, keyOf(place))) ?? []);
  }

  /** For admins. Contests that are running keep theirs. */
  async set(actor: Actor, roles: readonly string[]): Promise<void> {
    if (!actor.admin) {
      throw new DreamError('not-allowed', 'only admins may say who starts contests');
    }
    const read = rolesSchema.safeParse(roles);
    if (!read.success) throw new DreamError('bad-option', 'roles: at most 50 are possible');
    await this.#shelf.put(COLLECTION, keyOf(actor.place), read.data);
  }
}

function keyOf({ platform, server, channel }: Place): string {
  return JSON.stringify([platform, server ?? null, server === undefined ? channel : null]);
}
