/**
 * Server-Sent Events: what changes in the chat, to every open tab. An event's id is the run of the
 * server and the revision of the chat: a tab that was away is told what has changed since, and
 * everything where the server has been started anew.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../../chat/inbound.ts';
import type { Conversation } from './conversation.ts';
import { isVisible } from './conversation.ts';
import { Refused } from './refusal.ts';
import { HEARTBEAT } from './wire.ts';
import type { Snapshot } from './wire.ts';

const LAST_WAIT = 500;
const MOST_STREAMS = 100;
/** Bytes that a tab may lag behind; it is cut off then, and asks for what it has missed. */
const MOST_WAITING = 4 * 2 ** 20;

const UNAVAILABLE = 503;

export class EventStreams {
  #run = newRun();
  readonly #open = new Map<ServerResponse, Person>();

  constructor(
    private readonly conversation: Conversation,
    private readonly snapshot: (person: Person) => Snapshot,
  ) {}

  /** Answers a request with a stream that ends when the tab, or the server, closes. */
  serve(request: FastifyRequest, reply: FastifyReply, person: Person): void {
    if (this.#open.size >= MOST_STREAMS) {
      throw new Refused(UNAVAILABLE, 'Too many tabs are open.', 'Close some of them.');
    }
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#begin(response, person, this.#seenBefore(request));
    this.#follow(response, person);
  }

  /** Tells everything again, to tabs that are away when they come back: messages are gone. */
  anew(): void {
    this.#run = newRun();
    const { revision } = this.conversation;
    for (const [response, person] of this.#open) {
      this.#send(response, 'snapshot', revision, this.snapshot(person));
    }
  }

  /** Ends them all; those that do not take the end in are cut off. */
  close(): void {
    for (const response of this.#open.keys()) {
      response.end();
      setTimeout(() => response.destroy(), LAST_WAIT).unref();
    }
  }

  /** The revision that the tab has already, if it is one of this run. */
  #seenBefore({ headers, query }: FastifyRequest): number | undefined {
    const after = (query as { after?: unknown }).after;
    const id = headers['last-event-id'] ?? (typeof after === 'string' ? after : '');
    const [run, revision] = String(id).split('.');
    return run === this.#run && /^\d{1,15}$/.test(revision ?? '') ? Number(revision) : undefined;
  }

  #begin(response: ServerResponse, person: Person, since: number | undefined): void {
    const { revision } = this.conversation;
    if (since === undefined) {
      this.#send(response, 'snapshot', revision, this.snapshot(person));
      return;
    }
    for (const message of this.conversation.visibleTo(person.id, since)) {
      this.#send(response, 'message', message.revision, message);
    }
    this.#send(response, 'caught-up', revision, {});
  }

  #follow(response: ServerResponse, person: Person): void {
    this.#open.set(response, person);
    const stop = this.conversation.listen((entry, message) => {
      if (isVisible(entry, person.id)) this.#send(response, 'message', message.revision, message);
    });
    const heartbeat = setInterval(() => {
      // An event, as pages see no comments; without an id, as nothing has changed.
      if (!response.writableEnded) response.write('event: heartbeat\ndata: {}\n\n');
    }, HEARTBEAT);
    heartbeat.unref();
    response.on('close', () => {
      stop();
      clearInterval(heartbeat);
      this.#open.delete(response);
    });
  }

  #send(response: ServerResponse, event: string, revision: number, data: unknown): void {
    if (response.writableEnded) return;
    const id = `${this.#run}.${revision}`;
    response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > MOST_WAITING) response.destroy();
  }
}

function newRun(): string {
  return randomBytes(6).toString('hex');
}
