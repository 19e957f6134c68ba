/** A stand-in for Discord on the loopback address: its gateway, its REST interface, its CDN. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './discord-body.ts';
import { Gateway } from './discord-gateway.ts';
import { interactionPayload, newAsked } from './discord-payloads.ts';
import type { Circumstances } from './discord-payloads.ts';
import { answer } from './discord-rest.ts';
import type { Call, Reply, Site } from './discord-rest.ts';
import { CHANNEL, snowflake, World } from './discord-world.ts';
import type { Asked, Guest, Upload } from './discord-world.ts';
import type { Who } from './platform-harness.ts';

export interface Fault {
  /** Matches method and path: `POST /channels/1/messages`. */
  readonly on: RegExp;
  /** Matches the JSON of the request. @default anything */
  readonly saying?: RegExp;
  /** Instead of the usual answer: another one, a broken connection, or none for ever. */
  readonly with: Reply | 'drop' | 'drop-after' | 'hang';
  /** @default 1 */
  readonly times?: number;
}

export interface OptionValue {
  readonly name: string;
  readonly type: number;
  readonly value?: string | number | boolean;
  readonly focused?: boolean;
  readonly options?: readonly OptionValue[];
}

export class DiscordServer {
  readonly world = new World();
  /** Every request, in order. */
  readonly calls: Call[] = [];
  readonly gateway: Gateway;
  /** Settles before a file of the CDN is sent. */
  cdnDelay: Promise<void> = Promise.resolve();
  readonly #http: Server;
  readonly #faults: (Fault & { left: number })[] = [];

  private constructor(http: Server) {
    this.#http = http;
    this.gateway = new Gateway(http, this.world);
    http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#receive(request, response).catch((error: unknown) => {
        this.world.violations.push(`the stand-in failed: ${String(error)}`);
        response.destroy();
      });
    });
  }

  static async start(): Promise<DiscordServer> {
    const http = createServer();
    const server = new DiscordServer(http);
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `${this.origin}/api`;
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  slash(
    who: Who | Guest,
    name: string,
    options: readonly OptionValue[],
    how: SlashOptions = {},
  ): Asked {
    const resolved = Object.entries(how.files ?? {}).map(([id, upload]) => [
      id,
      { ...this.world.keepFile(this.origin, CHANNEL, upload), id, ephemeral: true },
    ]);
    const attachments = Object.fromEntries(resolved) as unknown;
    const data = { id: snowflake(), name, type: 1, options, resolved: { attachments } };
    return this.interact(who, { type: 2, data }, how);
  }

  /** From the menu of a message. */
  menu(who: Who, name: string, message: { readonly id: string }, how: Circumstances = {}): Asked {
    const resolved = { messages: { [message.id]: message } };
    const data = { id: snowflake(), name, type: 3, target_id: message.id, resolved };
    return this.interact(who, { type: 2, data }, how);
  }

  press(
    who: Who,
    messageId: string,
    customId: string,
    choice?: string,
    how: Circumstances = {},
  ): Asked {
    const { message } = this.world.messages.get(messageId)!;
    const pressed = { custom_id: customId, id: 1 };
    const data =
      choice === undefined
        ? { ...pressed, component_type: 2 }
        : { ...pressed, component_type: 3, values: [choice] };
    return this.interact(who, { type: 3, data, message }, how);
  }

  autocomplete(who: Who, name: string, options: readonly OptionValue[]): Asked {
    const data = { id: snowflake(), name, type: 1, options };
    return this.interact(who, { type: 4, data }, {});
  }

  interact(who: Who | Guest, rest: Readonly<Record<string, unknown>>, how: Circumstances): Asked {
    const asked = newAsked(who, how);
    this.world.interactions.set(asked.token, asked);
    const payload = interactionPayload(asked, rest, how);
    this.gateway.dispatch('INTERACTION_CREATE', payload);
    if (how.twice === true) this.gateway.dispatch('INTERACTION_CREATE', payload);
    return asked;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => {
      this.#http.close(resolve);
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname.startsWith('/cdn/')) {
      await this.cdnDelay;
      sendFile(response, this.world.fileAt(url.pathname));
      return;
    }
    const { json, uploads, size } = await readBody(request);
    const call: Call = {
      method: request.method ?? 'GET',
      path: decodeURIComponent(url.pathname.replace(/^\/api\/v10/, '')),
      query: url.searchParams,
      authorization: request.headers.authorization,
      json,
      uploads,
      size,
    };
    this.calls.push(call);
    const fault = this.#faults.find(({ on, saying = /^/, left }) => {
      const isMeant = on.test(`${call.method} ${call.path}`);
      return left > 0 && isMeant && saying.test(JSON.stringify(call.json));
    });
    if (fault) fault.left -= 1;
    const instead = fault?.with;
    if (instead !== 'drop' && instead !== 'hang') {
      const reply = typeof instead === 'object' ? instead : answer(call, this.#site());
      if (instead !== 'drop-after') send(response, reply);
    }
    if (instead === 'drop' || instead === 'drop-after') request.socket.destroy();
    this.world.changed();
  }

  #site(): Site {
    return { world: this.world, origin: this.origin, gatewayUrl: this.gateway.url };
  }
}

export interface SlashOptions extends Circumstances {
  /** By the id that an option's value names. */
  readonly files?: Readonly<Record<string, Upload>>;
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  if (body === undefined) response.writeHead(status, headers).end();
  else {
    const json = { 'content-type': 'application/json', ...headers };
    response.writeHead(status, json).end(JSON.stringify(body));
  }
}

function sendFile(response: ServerResponse, file: Upload | undefined): void {
  if (!file) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': file.contentType }).end(file.bytes);
}
