/** The stand-in's REST interface: the routes that the bot uses, as strict as Discord's. */
import { MessageType } from 'discord.js';
import { isV2, keepEdited, keepNew, keepThinking } from './discord-messages.ts';
import type { Origin, Written } from './discord-messages.ts';
import { commandViolations, messageViolations, violations } from './discord-rules.ts';
import { APPLICATION, snowflake, TOKEN, userOf } from './discord-world.ts';
import type { Asked, Kept, Upload, World } from './discord-world.ts';

export interface Call {
  readonly method: string;
  /** Without `/api/v10`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly json: unknown;
  readonly uploads: readonly Upload[];
  readonly size: number;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  readonly world: World;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly gatewayUrl: string;
}

/** Milliseconds. */
const ANSWER_WITHIN = 3000;
const THREAD_ARCHIVED = 50083;
const REQUEST_LIMIT = 25 * 2 ** 20;
const BOT_LIMIT = 10 * 2 ** 20;

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

type Route = (call: Call, site: Site, ...ids: string[]) => Reply;

const routes: readonly (readonly [string, RegExp, Route])[] = [
  ['GET', /^\/gateway\/bot$/, getGateway],
  ['GET', /^\/applications\/@me$/, getApplication],
  ['PUT', /^\/applications\/(\d+)(?:\/guilds\/(\d+))?\/commands$/, putCommands],
  ['POST', /^\/interactions\/(\d+)\/([^/]+)\/callback$/, postCallback],
  ['PATCH', /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/, patchOriginal],
  ['POST', /^\/webhooks\/(\d+)\/([^/]+)$/, postFollowUp],
  ['POST', /^\/users\/@me\/channels$/, postDirectChannel],
  ['GET', /^\/channels\/(\d+)\/messages$/, getMessages],
  ['POST', /^\/channels\/(\d+)\/messages$/, postMessage],
  ['GET', /^\/channels\/(\d+)\/messages\/(\d+)$/, getMessage],
  ['PATCH', /^\/channels\/(\d+)\/messages\/(\d+)$/, patchMessage],
  ['PUT', /^\/guilds\/(\d+)\/members\/(\d+)\/roles\/(\d+)$/, putRole],
];

/** Requests that are made by the token of an interaction alone. */
const BY_INTERACTION = /^\/(interactions|webhooks)\//;

export function answer(call: Call, site: Site): Reply {
  try {
    if (!BY_INTERACTION.test(call.path) && call.authorization !== `Bot ${TOKEN}`) {
      throw new Refused(401, 0, '401: Unauthorized');
    }
    for (const [method, pattern, route] of routes) {
      const match = method === call.method ? pattern.exec(call.path) : null;
      if (match) return route(call, site, ...match.slice(1));
    }
    site.world.violations.push(`${call.method} ${call.path} is no route`);
    throw new Refused(404, 0, '404: Not Found');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { status, code, message } = error;
    return { status, body: { code, message } };
  }
}

function getGateway(_call: Call, { gatewayUrl: url }: Site): Reply {
  const limit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 };
  return { status: 200, body: { url, shards: 1, session_start_limit: limit } };
}

function getApplication(): Reply {
  return { status: 200, body: { id: APPLICATION, name: 'Dreamer', flags: 0 } };
}

function putCommands(call: Call, { world }: Site, _application?: string, guild?: string): Reply {
  const commands = call.json as readonly Readonly<Record<string, unknown>>[];
  refuse(world, commands.flatMap(commandViolations));
  if (guild !== undefined && world.closed.has(guild)) {
    throw new Refused(403, world.closed.get(guild)!, 'Missing Access');
  }
  world.commands.set(guild ?? 'everywhere', commands);
  return { status: 200, body: commands.map((command) => ({ ...command, id: snowflake() })) };
}

function postCallback(call: Call, site: Site, id?: string, token?: string): Reply {
  const { world } = site;
  const asked = world.interactions.get(token!);
  const { type, data } = call.json as { type: number; data?: Written };
  if (asked?.id !== id) throw new Refused(404, 10062, 'Unknown interaction');
  if (asked!.answer) {
    throw new Refused(400, 40060, 'Interaction has already been acknowledged.');
  }
  if (asked!.expired || Date.now() - asked!.sentAt > ANSWER_WITHIN) {
    throw new Refused(404, 10062, 'Unknown interaction');
  }
  const schema =
    type === 8
      ? 'ApplicationCommandAutocompleteCallbackRequest'
      : type === 4 || type === 5
        ? 'CreateMessageInteractionCallbackRequest'
        : 'UpdateMessageInteractionCallbackRequest';
  refuse(world, violations(schema, call.json));
  const message = messageFor(asked!, { type, data: data ?? {} }, call, site);
  asked!.answer = { type, data };
  if (message) asked!.original = message.message.id;
  world.changed();
  if (call.query.get('with_response') !== 'true') return { status: 204 };
  const interaction = { id, type: 2, response_message_id: message?.message.id };
  return { status: 200, body: { interaction, resource: { type, message: message?.message } } };
}

/** The message that an answer begins with, if any. */
function messageFor(
  asked: Asked,
  { type, data }: { readonly type: number; readonly data: Written },
  call: Call,
  site: Site,
): Kept | undefined {
  const ephemeral = asked.quiet || ((data.flags ?? 0) & 64) !== 0;
  const at = placed(site, asked.channel);
  if (type === 5) return keepThinking(at, asked, ephemeral);
  if (type !== 4) return undefined;
  checkMessage(data, call, site, { limit: asked.limit, wasV2: false });
  return keepNew(at, data, call.uploads, {
    type: MessageType.ChatInputCommand,
    ...(ephemeral ? { only: userOf(asked.who).id } : {}),
  });
}

function patchOriginal(call: Call, site: Site, _application?: string, token?: string): Reply {
  const asked = living(site, token!);
  const before = asked.original === undefined ? undefined : site.world.messages.get(asked.original);
  if (!before) throw new Refused(404, 10008, 'Unknown Message');
  refuse(site.world, violations('IncomingWebhookUpdateRequestPartial', call.json));
  checkMessage(call.json as Written, call, site, { limit: asked.limit, wasV2: isV2(before) });
  const at = placed(site, asked.channel);
  return ok(keepEdited(at, before, call.json as Written, call.uploads));
}

function postFollowUp(call: Call, site: Site, _application?: string, token?: string): Reply {
  const asked = living(site, token!);
  if (!asked.answer) throw new Refused(404, 10015, 'Unknown Webhook');
  refuse(site.world, violations('IncomingWebhookRequestPartial', call.json));
  const written = call.json as Written;
  checkMessage(written, call, site, { limit: asked.limit, wasV2: false });
  const only = ((written.flags ?? 0) & 64) === 0 ? {} : { only: userOf(asked.who).id };
  return ok(keepNew(placed(site, asked.channel), written, call.uploads, only));
}

function postDirectChannel(call: Call, { world }: Site): Reply {
  refuse(world, violations('CreatePrivateChannelRequest', call.json));
  const { recipient_id: person } = call.json as { recipient_id: string };
  const id = world.directChannels.get(person) ?? snowflake();
  world.directChannels.set(person, id);
  const code = world.closed.get(person);
  if (code !== undefined) world.closed.set(id, code);
  return { status: 200, body: { id, type: 1, recipients: [] } };
}

function getMessages(call: Call, { world }: Site, channel?: string): Reply {
  checkOpen(world, channel!);
  const limit = Number(call.query.get('limit') ?? 50);
  const visible = world.inChannel(channel!).filter(({ only }) => only === undefined);
  return {
    status: 200,
    body: visible
      .slice(-limit)
      .reverse()
      .map(({ message }) => message),
  };
}

function postMessage(call: Call, site: Site, channel?: string): Reply {
  const { world } = site;
  checkOpen(world, channel!);
  refuse(world, violations('MessageCreateRequest', call.json));
  const written = call.json as Written;
  const earlier =
    written.enforce_nonce === true
      ? world.inChannel(channel!).find(({ nonce }) => nonce === written.nonce)
      : undefined;
  if (earlier) return ok(earlier);
  checkMessage(written, call, site, { limit: BOT_LIMIT, wasV2: false });
  world.archived.delete(channel!);
  return ok(keepNew(placed(site, channel!), written, call.uploads));
}

function getMessage(_call: Call, { world }: Site, channel?: string, id?: string): Reply {
  checkOpen(world, channel!);
  return ok(existing(world, id!));
}

function patchMessage(call: Call, site: Site, channel?: string, id?: string): Reply {
  checkOpen(site.world, channel!);
  checkAwake(site.world, channel!);
  const before = existing(site.world, id!);
  refuse(site.world, violations('MessageEditRequestPartial', call.json));
  checkMessage(call.json as Written, call, site, { limit: BOT_LIMIT, wasV2: isV2(before) });
  return ok(keepEdited(placed(site, channel!), before, call.json as Written, call.uploads));
}

function putRole(
  _call: Call,
  { world }: Site,
  _guild?: string,
  who?: string,
  role?: string,
): Reply {
  const code = world.closed.get(role!);
  if (code !== undefined) throw new Refused(403, code, 'Missing Permissions');
  world.granted.push({ person: who!, role: role! });
  return { status: 204 };
}

function living({ world }: Site, token: string): Asked {
  const asked = world.interactions.get(token);
  if (!asked) throw new Refused(404, 10015, 'Unknown Webhook');
  if (asked.expired) throw new Refused(401, 50027, 'Invalid Webhook Token');
  checkAwake(world, asked.channel);
  return asked;
}

/** What a bot cannot see is not there for it. */
function existing(world: World, id: string): Kept {
  const kept = world.messages.get(id);
  if (kept && kept.only === undefined) return kept;
  throw new Refused(404, 10008, 'Unknown Message');
}

function checkOpen(world: World, channel: string): void {
  const code = world.closed.get(channel);
  if (code === undefined) return;
  throw new Refused(code === 10003 ? 404 : 403, code, 'Closed to the bot');
}

/** A locked thread is closed as well: not even a new message wakes it. */
function checkAwake(world: World, channel: string): void {
  if (!world.archived.has(channel) && world.closed.get(channel) !== THREAD_ARCHIVED) return;
  throw new Refused(400, THREAD_ARCHIVED, 'Thread is archived');
}

function checkMessage(
  written: Written,
  { uploads, size }: Call,
  { world }: Site,
  { limit, wasV2 }: { readonly limit: number; readonly wasV2: boolean },
): void {
  if (size > REQUEST_LIMIT || uploads.some(({ bytes }) => bytes.length > limit)) {
    throw new Refused(413, 40005, 'Request entity too large');
  }
  refuse(world, messageViolations(written, uploads, wasV2));
}

function refuse(world: World, found: readonly string[]): void {
  if (found.length === 0) return;
  world.violations.push(...found);
  throw new Refused(400, 50035, `Invalid Form Body: ${found.join('; ')}`);
}

function placed({ world, origin }: Site, channel: string): Origin {
  return { world, origin, channel };
}

function ok({ message }: Kept): Reply {
  return { status: 200, body: message };
}
