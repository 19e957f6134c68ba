/** Contests as people meet them: real router, commands and contests; a stage for a platform. */
import { actions } from '../../commands/actions.ts';
import { commands } from '../../commands/index.ts';
import type { Courier } from '../../src/chat/courier.ts';
import type { Inbound, Person } from '../../src/chat/inbound.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { createRouter } from '../../src/chat/router.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Models } from '../../src/studio/models.ts';
import type { Order, Place } from '../../src/studio/order.ts';
import type { Studio } from '../../src/studio/studio.ts';
import { home, openContests, order, orderId, TestStudio } from './contests.ts';
import type { OpenContests } from './contests.ts';
import type { Home } from './databases.ts';
import { memoryShelf } from './memory-shelf.ts';

export interface Said extends Outbound {
  readonly private: boolean;
}

/** A person who has an account, and is in the server, for long. */
export function person(id: string, changes: Partial<Person> = {}): Person {
  return { id, name: `${id}'s name`, admin: false, ...changes };
}

const known = { roles: [], accountCreatedAt: 0, joinedAt: 0 };

export const boss = person('boss', { admin: true, ...known });

export class ContestChat {
  readonly announced: {
    readonly place: Place;
    readonly outbound: Outbound;
    readonly key: string;
  }[] = [];
  readonly #router: ReturnType<typeof createRouter>;
  /** The newest first. */
  readonly #made: Order[] = [];
  #events = 0;

  /** Whether announcements fail. */
  closed = false;

  private constructor(
    readonly open: OpenContests,
    readonly studio: TestStudio,
    link: string | null,
  ) {
    const known: Pick<Studio, 'order' | 'ordersOf'> = {
      order: (id) => studio.order(id),
      ordersOf: ({ id: owner }) =>
        Promise.resolve(this.#made.filter(({ requester }) => requester.id === owner)),
    };
    const models = {
      describe: () => Promise.resolve({}),
      names: () => Promise.resolve(['inception_v3']),
      layersOf: () => Promise.resolve(['mixed3', 'mixed4', 'mixed5']),
    } as unknown as Models;
    this.#router = createRouter({
      ...{ models, commands, actions, contests: open.contests, shelf: memoryShelf() },
      studio: known as Studio,
      courier: null as unknown as Courier,
      newModels: { add: () => Promise.resolve(), remove: () => Promise.resolve() },
      log: silentLog,
      galleryLink: (_, contest) => link && `${link}/${contest}`,
      announce: (place, outbound, key) => {
        this.announced.push({ place, outbound, key });
        return Promise.resolve(!this.closed);
      },
    });
  }

  static async open(where: Home, link: string | null = null): Promise<ContestChat> {
    const studio = new TestStudio();
    return new ContestChat(await openContests(where, { studio }), studio, link);
  }

  /** Types `/contest <subcommand> …`. @returns the answer. */
  say(
    who: Person,
    subcommand: string,
    values: Readonly<Record<string, string>> = {},
    place: Place = home,
  ): Promise<Said> {
    return this.#handle(who, place, { kind: 'command', command: 'contest', subcommand, values });
  }

  press(who: Person, action: string, choice?: string, place: Place = home): Promise<Said> {
    const chosen = choice === undefined ? {} : { choice };
    return this.#handle(who, place, { kind: 'action', action, ...chosen });
  }

  /** Ends the window that is open, and says that it is meant. */
  async close(who: Person = boss, place: Place = home): Promise<Said> {
    const asked = await this.say(who, 'close', {}, place);
    const [sure] = asked.buttons ?? [];
    return sure ? this.press(who, sure.action, undefined, place) : asked;
  }

  /** @returns its id. */
  dream(who: Person, picture?: Uint8Array, changes: Partial<Order> = {}): string {
    const made = order(orderId(this.#made.length + 1), who.id, { place: home, ...changes });
    this.#made.unshift(made);
    return this.studio.add(made, picture);
  }

  /** @returns the id of a contest that the boss has started. */
  async start(values: Readonly<Record<string, string>> = {}): Promise<string> {
    const said = await this.say(boss, 'start', { theme: 'Clouds', ...values });
    const id = said.buttons?.[0]?.action.split(':')[1];
    if (id === undefined) throw new Error(`no contest: ${said.text}`);
    return id;
  }

  async #handle(
    who: Person,
    place: Place,
    asked:
      | { kind: 'command'; command: string; subcommand: string; values: Record<string, string> }
      | { kind: 'action'; action: string; choice?: string },
  ): Promise<Said> {
    const said: Said[] = [];
    const event = {
      ...asked,
      ...{ id: `event ${(this.#events += 1)}`, person: who, place, address: {} },
      responder: {
        prepare: () => Promise.resolve(),
        acknowledge: () => Promise.resolve({}),
        reply: (outbound: Outbound, { private: alone = false } = {}) => {
          said.push({ ...outbound, private: alone });
          return Promise.resolve();
        },
        dismiss: () => Promise.resolve(),
      },
    } satisfies Inbound;
    await this.#router.handle(event);
    if (said.length !== 1) throw new Error(`${said.length} answers`);
    return said[0]!;
  }
}
