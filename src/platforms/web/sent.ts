/** What comes in with POST /api/messages, within its limits. */
import { randomUUID } from 'node:crypto';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Refused } from './refusal.ts';
import { MOST_TEXT } from './wire.ts';

export interface SentFile {
  /** What the page calls it: the option that it is meant for. */
  readonly option: string;
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Sent {
  readonly event: string;
  readonly text: string;
  readonly files: readonly SentFile[];
}

/** Bytes of what may come with a line. @param place 0 for the first file */
export type Limit = (line: string, place: number) => number;

const EVENT = /^[0-9A-Za-z-]{8,64}$/;

/** Of the whole form. */
export const FORM = { files: 2, fields: 4, fieldSize: 4 * MOST_TEXT, parts: 6 };

export async function readSent(request: FastifyRequest, limitOf: Limit): Promise<Sent> {
  if (!request.isMultipart()) throw new Refused(415, 'A form with text or a picture is expected.');
  const fields: Record<string, string> = {};
  const files: SentFile[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      files.push(await readFile(part, limitOf(fields['text'] ?? '', files.length)));
    } else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
  }
  const text = (fields['text'] ?? '').trim();
  if (text.length > MOST_TEXT) {
    throw new Refused(413, `A line has at most ${MOST_TEXT} characters.`, 'Make it shorter.');
  }
  if (text === '' && files.length === 0) {
    throw new Refused(400, 'There is nothing in this message.');
  }
  const event = EVENT.test(fields['event'] ?? '') ? fields['event']! : randomUUID();
  return { event, text, files };
}

/** The line stands before it: without one, it may have what a picture may have. */
async function readFile(part: MultipartFile, limit: number): Promise<SentFile> {
  // Not a path: only what the page shows.
  const name = part.filename.replace(/^.*[/\\]/s, '').slice(0, 100) || 'picture';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of part.file as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Read to its end all the same: a browser listens to no answer before.
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length <= limit && !part.file.truncated) {
    return { option: part.fieldname, name, bytes: Buffer.concat(chunks) };
  }
  const most = `${Math.floor(limit / 2 ** 20)} MB`;
  throw new Refused(413, `The file is larger than ${most}.`, 'Send a smaller one.');
}
