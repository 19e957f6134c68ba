/**
 * A stand-in for Slack on the loopback address: its Web API, its files and Socket Mode, as they
 * are on the wire. It checks what the bot sends and remembers what Slack would not have taken.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { slackManifest } from '../../src/platforms/slack/manifest.ts';
import { SocketLine } from './slack-lines.ts';
import { METHODS, Refusal } from './slack-methods.ts';
import { faultsOfBlocks } from './slack-rules.ts';
import { BOT, Workspace } from './slack-workspace.ts';
import type { Json } from './slack-workspace.ts';

export const BOT_TOKEN = 'xoxb-stand-in';
export const APP_TOKEN = 'xapp-stand-in';

export interface Fault {
  /** @default any that writes what people see */
  readonly method?: string;
  /** 0 hangs up. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What was asked for is done all the same; only the answer gets lost. */
  readonly afterwards?: boolean;
}

export interface Call {
  readonly method: string;
  readonly args: Json;
}

/** Five answers by one response_url, for half an hour. */
const MOST_RESPONSES = 5;

export class SlackServer {
  readonly workspace = new Workspace();
  readonly socket = new SocketLine(this.workspace);
  readonly triggers = new Map<string, string>();
  readonly calls: Call[] = [];
  readonly faults: Fault[] = [];
  /** Of the bot's token. */
  scopes: readonly string[] = (
    slackManifest([]) as { oauth_config: { scopes: { bot: readonly string[] } } }
  ).oauth_config.scopes.bot;
  refuseShownFiles = false;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      this.workspace.violations.push(String(error));
      response.destroy();
    });
  });
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #responses = new Map<string, { user: string; channel: string; left: number }>();

  async start(): Promise<this> {
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (opened) => {
        this.socket.attach(opened);
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.socket.sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get base(): string {
    return `http://${this.host}`;
  }

  get apiUrl(): string {
    return `${this.base}/api/`;
  }

  callsOf(method: string): Json[] {
    return this.calls.filter((call) => call.method === method).map(({ args }) => args);
  }

  responseUrl(user: string, channel: string): string {
    const id = String(this.workspace.number());
    this.#responses.set(id, { user, channel, left: MOST_RESPONSES });
    return `${this.base}/respond/${id}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', ...rest] = new URL(request.url ?? '', this.base).pathname.split('/');
    const body = await bytesOf(request);
    switch (kind) {
      case 'api':
        this.#call(rest.join('/'), request, body, response);
        return;
      case 'upload':
        this.#upload(rest.at(-1) ?? '', request, body, response);
        return;
      case 'files-pri':
        this.#download(rest.find((part) => part.includes('-')) ?? '', request, response);
        return;
      case 'respond':
        this.#respond(rest[0] ?? '', body, response);
        return;
      default:
        this.workspace.violations.push(`unknown address ${request.url ?? ''}`);
        send(response, 404, { ok: false });
    }
  }

  #call(name: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const args = parsedForm(body);
    this.calls.push({ method: name, args });
    this.workspace.touch();
    const token = request.headers.authorization ?? `Bearer ${String(args['token'])}`;
    const fault = this.#takeFault(name);
    if (fault && fault.afterwards !== true) {
      fail(response, fault);
      return;
    }
    let answer: Json;
    try {
      answer = { ok: true, ...this.#run(name, args, token) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { ok: false, error: error.message };
    }
    if (fault) fail(response, fault);
    else send(response, 200, answer);
  }

  #takeFault(name: string): Fault | undefined {
    const index = this.faults.findIndex(({ method }) =>
      method === undefined ? METHODS[name]?.writes === true : method === name,
    );
    return index === -1 ? undefined : this.faults.splice(index, 1)[0];
  }

  #run(name: string, given: Json, token: string): Json {
    if (name === 'apps.connections.open') {
      if (token === `Bearer ${BOT_TOKEN}`) throw new Refusal('not_allowed_token_type');
      if (token !== `Bearer ${APP_TOKEN}`) throw new Refusal('invalid_auth');
      return { url: `ws://${this.host}/link/?ticket=1&app_id=${BOT.app}` };
    }
    if (token !== `Bearer ${BOT_TOKEN}`) throw new Refusal('invalid_auth');
    const args = Object.fromEntries(
      Object.entries(given).filter(([name]) => !['token', 'team_id'].includes(name)),
    );
    const method = METHODS[name];
    if (!method) {
      this.workspace.violations.push(`unknown method ${name}`);
      throw new Refusal('unknown_method');
    }
    if (method.scope !== undefined && !this.scopes.includes(method.scope)) {
      throw new Refusal('missing_scope');
    }
    const unknown = Object.keys(args).filter((arg) => !method.args.includes(arg));
    if (unknown.length > 0) this.workspace.violations.push(`${name} has no ${unknown.join(', ')}`);
    const { workspace, base, triggers, refuseShownFiles } = this;
    return method.run(args, { workspace, base, triggers, refuseShownFiles });
  }

  #upload(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const file = this.workspace.files.get(id);
    const bytes = onlyPart(body, request.headers['content-type'] ?? '');
    if (!file || !bytes) {
      send(response, 400, {});
      return;
    }
    file.bytes = bytes;
    response.end(`OK - ${bytes.length}`);
  }

  /** Without the token, and without the scope, a page to sign in at. */
  #download(path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.workspace.files.get(path.split('-')[1] ?? '');
    const may =
      request.headers.authorization === `Bearer ${BOT_TOKEN}` && this.scopes.includes('files:read');
    if (!file) send(response, 404, {});
    else if (may) response.end(file.bytes);
    else response.end('<!DOCTYPE html><html><title>Sign in</title></html>');
  }

  #respond(id: string, body: Buffer, response: ServerResponse): void {
    const allowed = this.#responses.get(id);
    const {
      blocks,
      text,
      response_type: type,
    } = JSON.parse(body.toString()) as {
      blocks: Json[];
      text: string;
      response_type: string;
    };
    const faults = faultsOfBlocks(blocks);
    if (faults !== null) this.workspace.violations.push(faults);
    if (!allowed || allowed.left === 0 || faults !== null) {
      send(response, 404, { ok: false, error: 'used_url' });
      return;
    }
    allowed.left -= 1;
    const { user, channel } = allowed;
    const only = type === 'ephemeral' ? user : null;
    this.workspace.say({ channel, user: BOT.user, text, blocks, only });
    send(response, 200, { ok: true });
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** The content of a multipart body that has one part. */
function onlyPart(body: Buffer, contentType: string): Uint8Array | null {
  const boundary = /boundary=(\S+)/.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const first = body.indexOf('\r\n\r\n') + 4;
  const last = body.lastIndexOf(`\r\n--${boundary}--`);
  return last < first ? null : new Uint8Array(body.subarray(first, last));
}

/** What is no text comes as JSON within the form. */
function parsedForm(body: Buffer): Json {
  const entries = [...new URLSearchParams(body.toString())];
  return Object.fromEntries(
    entries.map(([name, value]): [string, unknown] => [
      name,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, { status, headers, body = {} }: Fault): void {
  if (status === 0) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
