/**
 * Room for files, within a bound: what nothing needs any more makes room for what comes, the
 * oldest first. A file is needed until what was asked with it has its answer.
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

  /** @returns the name that it can be read by; null where all that is kept is still needed. */
  keepSent(bytes: Uint8Array): Promise<string | null> {
    return this.#line.add(async () =>
      (await this.#makeRoom(bytes.length)) ? this.parts.uploads.keep(bytes) : null,
    );
  }

  /** What the bot itself says is few and small: there is always room for it. */
  keepOwn(bytes: Uint8Array): Promise<string> {
    return this.#line.add(async () => {
      await this.#makeRoom(bytes.length);
      return this.parts.uploads.keep(bytes);
    });
  }

  /** @returns whether there is room now; where there cannot be, nothing is removed. */
  async #makeRoom(length: number): Promise<boolean> {
    const { uploads, most } = this.parts;
    let free = most - uploads.bytes;
    const going: Entry[] = [];
    for (const entry of this.#unneeded()) {
      if (free >= length) break;
      going.push(entry);
      free += uploads.sizeOf(entry.upload!);
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
      .filter(({ upload, message: { id, author } }) => {
        return upload !== undefined && (author === null || answered.has(id));
      })
      .sort(({ message: one }, { message: other }) => (one.id < other.id ? -1 : 1));
  }

  /** The message stays, and says what came with it. */
  async #remove({ upload, message, ...entry }: Entry): Promise<void> {
    const { picture, document, file, ...said } = message;
    const gone = picture?.name ?? document?.name ?? file;
    const left = { ...said, ...(gone === undefined ? {} : { gone }) };
    await this.parts.conversation.put({ ...entry, message: left });
    await this.parts.uploads.remove(upload!);
  }
}
