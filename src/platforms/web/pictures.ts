/** Pictures over HTTP: what its first bytes call a picture is sent as one, and nothing else. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { Refused } from './refusal.ts';

const NOT_FOUND = 404;

/** What browsers show. */
const KINDS: readonly (readonly [pattern: RegExp, contentType: string])[] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^[^]{4}ftypavi[fs]/, 'image/avif'],
];

/** Undefined for anything that is no picture. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return KINDS.find(([pattern]) => pattern.test(head))?.[1];
}

/** @throws Refused where it is no picture. */
export function sendPicture(
  reply: FastifyReply,
  bytes: Uint8Array,
  caching: 'immutable' | 'no-store',
): FastifyReply {
  const type = pictureType(bytes);
  if (type === undefined) throw noPicture();
  return reply
    .header(
      'cache-control',
      caching === 'immutable' ? 'private, max-age=31536000, immutable' : caching,
    )
    .type(type)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** To keep, and never to be shown as a page. */
export function sendDocument(reply: FastifyReply, bytes: Uint8Array, name: string): FastifyReply {
  return reply
    .header('cache-control', 'private, max-age=31536000, immutable')
    .header('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`)
    .type('application/octet-stream')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

export function noPicture(): Refused {
  return new Refused(NOT_FOUND, 'There is no such picture.', 'It may have been removed.');
}

/** Pictures of work that goes on: in memory, a few of each message. */
export class Previews {
  readonly #pictures = new Map<string, Uint8Array>();
  readonly #names = new Map<string, string[]>();

  /** @returns its name; the one before it stays, for those who are about to load it. */
  add(message: string, picture: Uint8Array): string {
    const before = this.#names.get(message) ?? [];
    // A step that brought no new picture shows the last one again.
    const same = before.find((name) => Buffer.compare(this.#pictures.get(name)!, picture) === 0);
    if (same !== undefined) return same;
    const name = randomBytes(16).toString('hex');
    const names = [name, ...before];
    this.#pictures.set(name, picture);
    for (const old of names.splice(2)) this.#pictures.delete(old);
    this.#names.set(message, names);
    return name;
  }

  get(name: string): Uint8Array | undefined {
    return this.#pictures.get(name);
  }

  /** The message has come to its end. */
  drop(message: string): void {
    for (const name of this.#names.get(message) ?? []) this.#pictures.delete(name);
    this.#names.delete(message);
  }
}
