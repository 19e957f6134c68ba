/** POST /api/messages: a line as it was typed, or a picture, or both. */
import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person } from '../../chat/inbound.ts';
import type { Attachment } from '../../chat/option.ts';
import { RecentEvents } from '../../chat/recent-events.ts';
import { problemMessage } from '../../chat/words.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Entry } from './conversation.ts';
import { takesFile } from './file-lines.ts';
import { pictureType } from './pictures.ts';
import { Refused } from './refusal.ts';
import { PLACE } from './room.ts';
import type { Served } from './served.ts';
import { commandsOnWire } from './snapshot.ts';
import { commandOf } from './typed.ts';
import type { Accepted, WireMessage } from './wire.ts';

const INSUFFICIENT_STORAGE = 507;
const MOST_TEXT = 2000;
const EVENT = /^[0-9A-Za-z-]{8,64}$/;

export async function messageRoute(app: FastifyInstance, served: Served): Promise<void> {
  const { maxPicture, maxFile } = served;
  const most = Math.max(maxPicture, maxFile);
  const commands = commandsOnWire(served.commands);
  const limitOf: Limit = (line) => (takesFile(line, commands) ? maxFile : maxPicture);
  await app.register(multipart, {
    limits: { files: 1, fileSize: most, fields: 4, fieldSize: 4 * MOST_TEXT, parts: 5 },
  });
  const bodyLimit = most + 2 ** 16;
  const recent = new RecentEvents();
  app.post('/api/messages', { bodyLimit }, async (request, reply): Promise<Accepted> => {
    const handler = served.handler();
    const person = served.personOf(request);
    const sent = await readSent(request, limitOf);
    const { conversation } = served;
    const known = conversation.find((entry) => entry.event === sent.event);
    // Known and not recent: the bot went down before it came to what was asked.
    if (recent.seen(sent.event) && known) return { message: known.message.id, understood: true };
    const { message, picture } = known ? asKept(known, sent) : await keep(served, person, sent);
    void reply.code(202);
    const address = served.room.addressFor(person, message);
    const responder = served.room.responder(address, person);
    try {
      const asked = commandOf(sent.text, picture, served.commands);
      const event = { id: sent.event, person, place: PLACE, address, responder };
      await handler.handle({ kind: 'command', ...event, ...asked });
      return { message, understood: true };
    } catch (error) {
      if (!(error instanceof DreamError)) throw error;
      await responder.reply(problemMessage(error), { private: true });
      return { message, understood: false };
    }
  });
}

interface Sent {
  readonly event: string;
  readonly text: string;
  readonly picture?: { readonly name: string; readonly bytes: Buffer };
}

/** Bytes of what may come with a line. */
type Limit = (line: string) => number;

async function readSent(request: FastifyRequest, limitOf: Limit): Promise<Sent> {
  if (!request.isMultipart()) throw new Refused(415, 'A form with text or a picture is expected.');
  const fields: Record<string, string> = {};
  let picture: Sent['picture'];
  for await (const part of request.parts()) {
    if (part.type === 'file') picture = await readFile(part, limitOf(fields['text'] ?? ''));
    else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
  }
  const text = (fields['text'] ?? '').trim();
  if (text.length > MOST_TEXT) {
    throw new Refused(413, `A line has at most ${MOST_TEXT} characters.`, 'Make it shorter.');
  }
  if (text === '' && !picture) throw new Refused(400, 'There is nothing in this message.');
  const event = EVENT.test(fields['event'] ?? '') ? fields['event']! : randomUUID();
  return { event, text, ...(picture && { picture }) };
}

/** The line stands before it: without one, it may have what a picture may have. */
async function readFile(part: MultipartFile, limit: number): Promise<Sent['picture']> {
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
  if (length <= limit && !part.file.truncated) return { name, bytes: Buffer.concat(chunks) };
  const most = `${Math.floor(limit / 2 ** 20)} MB`;
  throw new Refused(413, `The file is larger than ${most}.`, 'Send a smaller one.');
}

/** What somebody said, and the picture in it, is on the disk when this is done. */
async function keep(
  { space, conversation }: Served,
  person: Person,
  { event, text, picture }: Sent,
): Promise<{ message: string; picture?: Attachment }> {
  const id = conversation.newId();
  const upload = picture && (await space.keepSent(picture.bytes));
  if (upload === null) throw noRoom();
  const { id: author, name } = person;
  const message = {
    id,
    author: { id: author, name },
    text,
    at: Date.now(),
    private: false,
    ...(picture && upload !== undefined ? shownOf(upload, picture) : {}),
  };
  const entry = { message, audience: null, event };
  await conversation.put(upload === undefined ? entry : { ...entry, upload });
  if (!picture || upload === undefined) return { message: id };
  const attachment = { name: picture.name, size: picture.bytes.length, reference: upload };
  return { message: id, picture: attachment };
}

function noRoom(): Refused {
  const hint = 'Try it again when what is under way is done, or send a smaller one.';
  return new Refused(INSUFFICIENT_STORAGE, 'There is no room for this file now.', hint);
}

/** What `keep` has kept before. */
function asKept(
  { message: { id }, upload }: Entry,
  { picture }: Sent,
): { message: string; picture?: Attachment } {
  if (!picture || upload === undefined) return { message: id };
  const { name, bytes } = picture;
  return { message: id, picture: { name, size: bytes.length, reference: upload } };
}

/** What the page shows of a file: itself where it is a picture, else its name. */
function shownOf(
  upload: string,
  { name, bytes }: { name: string; bytes: Buffer },
): Pick<WireMessage, 'picture' | 'file'> {
  if (pictureType(bytes) === undefined) return { file: name };
  const source = `/uploads/${upload}`;
  return { picture: { source, name, alt: name, spoiler: false, preview: false } };
}
