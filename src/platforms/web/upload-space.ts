/**
 * Room for files, within a bound: what nothing needs any more makes room for what comes, the
 * oldest first. A file is needed until what was asked with it has its answer; what came together
 * goes together.
 */
import PQueue from 'p-queue';
import type { Conversation, Entry } from './conversation.ts';
import type { Uploads } from './uploads.ts';

export interface UploadSpaceParts {
  readonly uploads: Uploads;
  readonly conversation: Conversation;
  /** Bytes of all files together. */
  readonly most: number;
}

export class UploadSpace {
  /** One after the other: two that come together do not share the same room. */
  readonly #line = new PQueue({ concurrency: 1 });

  constructor(private readonly parts: UploadSpaceParts) {}

  /**
   * Keeps all of them, or none.
   * @returns the names that they can be read by; null where all that is kept is still needed.
   */
  keepSent(files: readonly Uint8Array[]): Promise<string[] | null> {
    return this.#line.add(async () => {
      const total = files.reduce((sum, { length }) => sum + length, 0);
      if (!(await this.#makeRoom(total))) return null;
      const names: string[] = [];
      for (const bytes of files) names.push(await this.parts.uploads.keep(bytes));
      return names;
    });
  }

  /** What the bot itself says is few and small: there is always room for it. */
  keepOwn(bytes: Uint8Array): Promise<string> {
    return this.#line.add(async () => {
      await this.#makeRoom(bytes.length);
      return this.parts.uploads.keep(bytes);
    });
  }

  /** Removes what no message has any more. */
  async release(names: readonly string[]): Promise<void> {
    for (const name of names) await this.parts.uploads.remove(name);
  }

  /** @returns whether there is room now; where there cannot be, nothing is removed. */
  async #makeRoom(length: number): Promise<boolean> {
    const { uploads, most } = this.parts;
    let free = most - uploads.bytes;
    const going: Entry[] = [];
    for (const entry of this.#unneeded()) {
      if (free >= length) break;
      going.push(entry);
      free += entry.uploads!.reduce((sum, name) => sum + uploads.sizeOf(name), 0);
    }
    if (free < length) return false;
    for (const entry of going) await this.#remove(entry);
    return true;
  }

  /** Messages whose file nothing needs, the oldest first. */
  #unneeded(): Entry[] {
    const entries = this.parts.conversation.entries();
    const answers = entries.filter(({ asked }) => asked !== undefined);
    const answered = new Set(answers.map(({ asked }) => asked));
    for (const { asked, message } of answers) if (message.progress) answered.delete(asked);
    return entries
      .filter(({ uploads, message: { id, author } }) => {
        return uploads !== undefined && (author === null || answered.has(id));
      })
      .sort(({ message: one }, { message: other }) => (one.id < other.id ? -1 : 1));
  }

  /** The message stays, and says what came with it. */
  async #remove({ uploads = [], message, ...entry }: Entry): Promise<void> {
    const { picture, beside, document, file, ...said } = message;
    const names = [picture?.name, beside?.name, document?.name, file];
    const gone = names.filter((name) => name !== undefined).join(', ');
    const left = { ...said, ...(gone === '' ? {} : { gone }) };
    await this.parts.conversation.put({ ...entry, message: left });
    await this.release(uploads);
  }
}
