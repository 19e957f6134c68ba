/** The local web chat: a page, and the server behind it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Command, SimpleCommand } from '../../chat/command.ts';
import type { Handler, Person } from '../../chat/inbound.ts';
import type { Platform } from '../../chat/platform.ts';
import type { Shelf } from '../../kit/shelf.ts';
import { Conversation } from './conversation.ts';
import { eventRoutes } from './event-routes.ts';
import { EventStreams } from './event-stream.ts';
import { checkHost, checkSameOrigin, checkSameSite, SECURITY_HEADERS } from './guard.ts';
import { messageRoute } from './message-route.ts';
import type { Page } from './page.ts';
import { bundlePage, pageRoutes, samplePictures } from './page.ts';
import { pictureRoutes } from './picture-routes.ts';
import { Previews } from './pictures.ts';
import { answerFailures, Refused } from './refusal.ts';
import { PLATFORM, Room } from './room.ts';
import type { Served } from './served.ts';
import { Uploads } from './uploads.ts';
import type { Example, Snapshot, WireCommand } from './wire.ts';

export interface WebChatParts {
  /** The routes are added to it; whoever made it listens and closes. */
  readonly app: FastifyInstance;
  readonly commands: readonly Command[];
  readonly shelf: Shelf;
  /** By '<order>/result' and '<order>/source'. */
  readonly pictures: { read(id: string): Promise<Uint8Array> };
  /** A folder for the pictures that people send; it is made where it is missing. */
  readonly uploadsDir: string;
  /** Names, besides those of the loopback address, under which the chat is reached. */
  readonly hosts?: readonly string[];
  /** Bytes of a picture. @default 25 MB */
  readonly maxPicture?: number;
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

export function webChat(parts: WebChatParts): Platform {
  const { app, commands, shelf, pictures, maxPicture = MAX_PICTURE } = parts;
  const uploads = new Uploads(parts.uploadsDir);
  const previews = new Previews();
  const conversation = new Conversation(shelf, async ({ upload }) => {
    if (upload !== undefined) await uploads.remove(upload);
  });
  const room = new Room({ conversation, previews, pictures });
  const sample = samplePictures(parts.sample);
  const streams = new EventStreams(conversation, (person): Snapshot => ({
    messages: conversation.visibleTo(person.id),
    you: { id: person.id, name: person.name },
    commands: commands.map(asWire),
    maxPicture,
    examples: parts.examples ?? [],
    sample: sample.paths,
  }));
  let handler: Handler | undefined;
  let page: Page | undefined;
  const served: Served = {
    commands,
    conversation,
    room,
    uploads,
    maxPicture,
    personOf(request) {
      const person = parts.people ? parts.people(request) : YOU;
      if (person) return person;
      throw new Refused(401, 'Nobody is known by this request.');
    },
    handler() {
      if (handler) return handler;
      throw new Refused(503, 'The bot is not running just now.', 'Try again in a moment.');
    },
  };

  // A scope of its own: its checks and headers are for its own routes.
  void app.register(async (scope) => {
    guard(scope, parts.hosts ?? []);
    pageRoutes(scope, () => page);
    pictureRoutes(scope, served, { previews, pictures });
    eventRoutes(scope, served);
    scope.get('/api/events', (request, reply) => {
      served.handler();
      streams.serve(request, reply, served.personOf(request));
    });
    await messageRoute(scope, served);
  });
  app.addHook('preClose', () => {
    streams.close();
  });

  return {
    name: PLATFORM,
    editInterval: EDIT_INTERVAL,
    async start(given) {
      const [bundle] = await Promise.all([bundlePage(), conversation.load()]);
      const sent = conversation.entries().flatMap(({ upload }) => upload ?? []);
      await uploads.open(new Set(sent));
      page = { ...bundle, assets: new Map([...bundle.assets, ...sample.assets]) };
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
    fetch: ({ reference }, signal) => uploads.read(reference, signal),
  };
}

function guard(scope: FastifyInstance, hosts: readonly string[]): void {
  answerFailures(scope);
  scope.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    checkHost(request, hosts);
    // A link from anywhere may open the page; it shows nothing by itself.
    if (request.method !== 'GET' && request.method !== 'HEAD') checkSameOrigin(request);
    else if (request.routeOptions.url !== '/') checkSameSite(request);
    done();
  });
}

function asWire(command: Command): WireCommand {
  const { name, description } = command;
  if ('subcommands' in command) {
    const subcommands = command.subcommands.map(asWire);
    return { name, description, options: {}, onPicture: false, subcommands };
  }
  const { options, onPicture }: SimpleCommand = command;
  return { name, description, options, onPicture: onPicture !== undefined, subcommands: [] };
}
