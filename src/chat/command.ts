/** A slash command: one file in commands/, one line in commands/index.ts. */
import type { Actor } from '../studio/contests/contest.ts';
import type { Contests } from '../studio/contests/contests.ts';
import type { Models } from '../studio/models.ts';
import type { NewOrder, Order, Place } from '../studio/order.ts';
import type { Studio } from '../studio/studio.ts';
import type { AskedModel } from './brought-file.ts';
import type { Person } from './inbound.ts';
import type { Options, Values } from './option.ts';
import type { Outbound } from './outbound.ts';
import type { PlaceSettings, SettingsChange } from './place-settings.ts';

/** Its name: small letters, at most 32. */
interface Named {
  readonly name: string;
  /** A sentence without a full stop, at most 100 characters. */
  readonly description: string;
  /** Only people who may change the settings of the place. @default false */
  readonly adminOnly?: boolean;
}

/** `/dream layer:mixed5`, or a part of a command with several (`/models show`). */
export interface SimpleCommand<Given extends Options = Options> extends Named {
  readonly options: Given;
  /** @throws DreamError, which is told to the person alone. */
  run(context: Context, values: Values<Given>): Promise<void>;
  /** What comes of it is said in the place later on, without anybody's asking. @default false */
  readonly announces?: boolean;
  /** The name on the menu of a message with a picture, where the command is offered there. */
  readonly onPicture?: string;
}

/** `/models list`, `/models show …` */
export interface CommandGroup extends Named {
  /** Said where none of them is named. @default what each of them is for */
  readonly introduction?: string;
  readonly subcommands: readonly SimpleCommand[];
}

export type Command = SimpleCommand | CommandGroup;

/** What a command can do, and for whom. */
export interface Context {
  readonly person: Person;
  readonly place: Place;
  /** The channel by which settings know this place: of a thread, the one that it belongs to. */
  readonly channel: string;
  /** The platform's own id of what the person did. */
  readonly event: string;
  readonly studio: Studio;
  readonly models: Models;
  /** Of the place. */
  readonly settings: PlaceSettings;
  readonly changeSettings: (change: SettingsChange) => Promise<PlaceSettings>;
  /** All of them, for help. */
  readonly commands: readonly Command[];
  readonly contests: Contests;
  /** The person, as contests know people. */
  readonly actor: Actor;
  /** The page of a contest that is over; null where there is no public one. */
  readonly galleryLink: (place: Place, contest: string) => string | null;
  /** Acknowledges it, and sees to it that what is understood of the model is told here. */
  readonly addModel: (asked: AskedModel) => Promise<void>;
  readonly removeModel: (name: string) => Promise<void>;
  /**
   * Says something in a place that need not be this one; what cannot be said is logged.
   * @returns whether it was said.
   */
  readonly announce: (place: Place, outbound: Outbound, key: string) => Promise<boolean>;
  /** A complete answer; one that has to be drawn or looked up for long, as what makes it. */
  readonly reply: (
    outbound: Outbound | (() => Promise<Outbound>),
    options?: { readonly private?: boolean },
  ) => Promise<void>;
  /** Removes what the person said here, and was answered; null where the platform keeps that. */
  readonly forgetHere: (() => Promise<void>) | null;
  /** Stores an order, acknowledges it, and sees to it that its result comes to this place. */
  readonly order: (order: Pick<NewOrder, 'job' | 'source' | 'mask' | 'parent'>) => Promise<void>;
}

/** A button or menu that stays under a message: it is known by name, and works after a restart. */
export type Action = OrderAction | ContestAction;

export interface OrderAction {
  /** `Button.action` is `<name>:<order>`. */
  readonly name: string;
  readonly about?: 'order';
  /**
   * @param order whose message it stands under; its requester alone may press.
   * @param choice of a menu.
   * @throws DreamError, which is told to the person alone.
   */
  run(context: Context & ActionAnswers, order: Order, choice?: string): Promise<void>;
}

/** What the person may do there, `Contests` says. */
export interface ContestAction {
  /** `Button.action` is `<name>:<contest>`, or `<name>:<contest>:<detail>:<detail>…`. */
  readonly name: string;
  readonly about: 'contest';
  /** @throws DreamError, which is told to the person alone. */
  run(context: Context & ActionAnswers, pressed: ContestPress): Promise<void>;
}

export interface ContestPress {
  readonly contest: string;
  readonly details: readonly string[];
  /** Of a menu. */
  readonly choice?: string;
}

export interface ActionAnswers {
  /** Nothing to say: what was pressed takes effect elsewhere. */
  readonly dismiss: () => Promise<void>;
}
