/** What a Slack workspace holds: people, channels, messages, files, open forms. */
import { EventEmitter, once } from 'node:events';

export const TEAM = 'T0000001';
export const BOT = { user: 'UBOT00001', bot: 'BBOT00001', app: 'ABOT00001', name: 'dream' };

export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly admin: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly private: boolean;
  /** The bot is in it. */
  member: boolean;
  archived: boolean;
}

/** As JSON, wherever it is checked by `slack-rules.ts`. */
export type Json = Readonly<Record<string, unknown>>;

export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  text: string;
  blocks: readonly Json[];
  readonly thread: string | null;
  readonly files: readonly string[];
  /** Only this person sees it. */
  readonly only: string | null;
  edits: number;
}

export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly alt: string | null;
  readonly created: number;
  bytes: Uint8Array;
  title: string;
  /** Its upload has been completed. */
  complete: boolean;
  /** So often `files.info` does not know yet what the file is. */
  looks: number;
}

export interface SlackView {
  readonly id: string;
  readonly user: string;
  readonly view: Json;
}

export class Workspace {
  readonly users = new Map<string, SlackUser>([
    ['ann', { id: 'UANN00001', name: 'ann', admin: true }],
    ['bob', { id: 'UBOB00001', name: 'bob', admin: false }],
  ]);
  readonly channels = new Map<string, SlackChannel>(
    [
      { id: 'C0GENERAL', name: 'general', private: false, member: true, archived: false },
      { id: 'C0OUTSIDE', name: 'outside', private: false, member: false, archived: false },
      { id: 'C0SECRET0', name: 'secret', private: true, member: false, archived: false },
      { id: 'D0ANN0000', name: 'directmessage', private: true, member: true, archived: false },
      { id: 'D0BOB0000', name: 'directmessage', private: true, member: true, archived: false },
    ].map((channel) => [channel.id, channel]),
  );
  readonly messages: SlackMessage[] = [];
  /** Times of the messages that somebody has deleted. */
  readonly #deleted = new Set<string>();
  readonly files = new Map<string, SlackFile>();
  readonly views: SlackView[] = [];
  /** What the bot did that Slack would not have let pass. */
  readonly violations: string[] = [];
  /** What a file that was just uploaded needs of looks. */
  slowness = 1;
  readonly #changes = new EventEmitter();
  #count = 0;

  number(): number {
    return ++this.#count;
  }

  /** Message times are ids: each is there once. */
  ts(): string {
    return `1760000000.${String(this.number()).padStart(6, '0')}`;
  }

  touch(): void {
    this.#changes.emit('change');
  }

  async changed(): Promise<void> {
    await once(this.#changes, 'change');
  }

  /** Resolves with the first value that the check finds. */
  async until<Found>(check: () => Found | undefined | null | false): Promise<Found> {
    for (;;) {
      const found = check();
      if (found !== undefined && found !== null && found !== false) return found;
      await this.changed();
    }
  }

  user(who: string): SlackUser {
    const user = this.users.get(who) ?? [...this.users.values()].find(({ id }) => id === who);
    if (!user) throw new Error(`nobody is called ${who}`);
    return user;
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    return this.messages.find((each) => each.channel === channel && each.ts === ts);
  }

  delete({ ts }: SlackMessage): void {
    this.#deleted.add(ts);
    this.messages.splice(0, Infinity, ...this.messages.filter((each) => each.ts !== ts));
    this.touch();
  }

  /** Where a reply comes to stand; a thread whose first message is deleted lives by its replies. */
  threadAt(channel: string, ts: string): string | null {
    const first = this.message(channel, ts);
    if (first?.thread != null) this.violations.push(`${ts} is a reply, and no thread`);
    if (!first && !this.#deleted.has(ts)) this.violations.push(`no thread ${ts}`);
    return first || this.isActive(ts) ? ts : null;
  }

  /** Whether a thread has replies that everybody sees. */
  isActive(ts: string): boolean {
    return this.messages.some(({ thread, only }) => thread === ts && only === null);
  }

  say(message: Partial<SlackMessage> & Pick<SlackMessage, 'channel' | 'user'>): SlackMessage {
    const said: SlackMessage = {
      ts: this.ts(),
      text: '',
      blocks: [],
      thread: null,
      files: [],
      only: null,
      edits: 0,
      ...message,
    };
    this.messages.push(said);
    this.touch();
    return said;
  }

  addFile(file: Pick<SlackFile, 'name' | 'user' | 'bytes'> & Partial<SlackFile>): SlackFile {
    const id = `F${String(this.number()).padStart(8, '0')}`;
    const added: SlackFile = {
      alt: null,
      created: 1_760_000_000,
      title: file.name,
      complete: true,
      looks: 0,
      ...file,
      id,
    };
    this.files.set(id, added);
    return added;
  }
}

/** Of a file's first bytes. */
export function typeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('\xff\xd8')) return 'image/jpeg';
  if (start.startsWith('RIFF')) return 'image/webp';
  return 'text/plain';
}
