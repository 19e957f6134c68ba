/** The local web chat: a page, and the server behind it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Command } from '../../chat/command.ts';
import type { Handler, Person } from '../../chat/inbound.ts';
import type { Platform } from '../../chat/platform.ts';
import type { Logger } from '../../kit/log.ts';
import type { Shelf } from '../../kit/shelf.ts';
import { Conversation } from './conversation.ts';
import { EventStreams } from './event-stream.ts';
import { Forgotten } from './forgotten.ts';
import type { Page } from './page.ts';
import { bundlePage, samplePictures } from './page.ts';
import { Previews } from './pictures.ts';
import { Refused } from './refusal.ts';
import { PLATFORM, Room } from './room.ts';
import { addRoutes } from './routes.ts';
import type { Served } from './served.ts';
import { commandsOnWire } from './snapshot.ts';
import { UploadSpace } from './upload-space.ts';
import { Uploads } from './uploads.ts';
import type { Example } from './wire.ts';

export interface WebChatParts {
  /** The routes are added to it; whoever made it listens and closes. */
  readonly app: FastifyInstance;
  readonly commands: readonly Command[];
  readonly shelf: Shelf;
  readonly log: Logger;
  /** By '<order>/result' and '<order>/source'. */
  readonly pictures: { read(id: string): Promise<Uint8Array> };
  /** A folder for the pictures that people send; it is made where it is missing. */
  readonly uploadsDir: string;
  /** Names, besides those of the loopback address, under which the chat is reached. */
  readonly hosts?: readonly string[];
  /** Bytes of a picture. @default 25 MB */
  readonly maxPicture?: number;
  /** Bytes of a file for a command that takes any. @default 100 MB */
  readonly maxFile?: number;
  /** Bytes of all files that are kept. @default 1 GB */
  readonly maxUploads?: number;
  /** Who sends a request; null for a stranger. @default one person, who is an admin */
  readonly people?: (request: FastifyRequest) => Person | null;
  /** Lines that a new chat offers to try. */
  readonly examples?: readonly Example[];
  /** PNG or JPEG: a picture, and what was dreamed on it, for a new chat. */
  readonly sample?: { readonly before: Uint8Array; readonly after: Uint8Array };
}

const YOU: Person = { id: 'you', name: 'You', admin: true };
const EDIT_INTERVAL = 200;
const MAX_PICTURE = 25 * 2 ** 20;
const MAX_FILE = 100 * 2 ** 20;
const MAX_UPLOADS = 2 ** 30;

export function webChat(parts: WebChatParts): Platform {
  const { app, commands, shelf, log, pictures, hosts = [] } = parts;
  const { maxPicture = MAX_PICTURE, maxFile = MAX_FILE, maxUploads = MAX_UPLOADS } = parts;
  const uploads = new Uploads(parts.uploadsDir);
  const previews = new Previews();
  const conversation = new Conversation(shelf, async ({ uploads: dropped = [], message }) => {
    previews.drop(message.id);
    for (const name of dropped) await uploads.remove(name);
  });
  const space = new UploadSpace({ uploads, conversation, most: maxUploads });
  const sample = samplePictures(parts.sample);
  const streams = new EventStreams(conversation, ({ id, name }) => ({
    messages: conversation.visibleTo(id),
    you: { id, name },
    commands: commandsOnWire(commands),
    ...{ maxPicture, maxFile },
    examples: parts.examples ?? [],
    sample: sample.paths,
  }));
  const onRemoved = (): void => {
    streams.anew();
  };
  const forgotten = new Forgotten(shelf);
  const room = new Room({ conversation, forgotten, previews, pictures, space, onRemoved });
  let handler: Handler | undefined;
  let page: Page | undefined;
  const served: Served = {
    ...{ commands, conversation, room, uploads, space, maxPicture, maxFile },
    personOf: (request) => {
      const person = parts.people ? parts.people(request) : YOU;
      return person ?? refuse(401, 'Nobody is known by this request.');
    },
    handler: () => handler ?? refuse(503, 'The bot is not running.', 'Try again in a moment.'),
  };
  const sources = { previews, pictures };
  addRoutes(app, { served, sources, streams, hosts, log, page: () => page });

  return {
    name: PLATFORM,
    editInterval: EDIT_INTERVAL,
    async start(given) {
      await forgotten.load();
      const [bundle] = await Promise.all([bundlePage(), conversation.load(forgotten.all)]);
      const sent = conversation.entries().flatMap(({ uploads: kept = [] }) => kept);
      await uploads.open(new Set(sent));
      page = { ...bundle, assets: [...bundle.assets, ...sample.assets] };
      handler = given;
    },
    stop() {
      handler = undefined;
      streams.close();
      return Promise.resolve();
    },
    ready: () => handler !== undefined,
    show: (address, outbound) => room.say(address, outbound),
    deliver: (address, outbound, { key }) => room.deliver(address, outbound, key),
    announce: (_place, outbound, { key }) => room.announce(outbound, key),
    fetch: ({ reference }, signal) => uploads.read(reference, signal),
  };
}

function refuse(status: number, message: string, hint?: string): never {
  throw new Refused(status, message, hint);
}
