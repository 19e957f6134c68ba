/** The stand-in's gateway: a session that can be dropped and resumed. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayOpcodes as Op } from 'discord.js';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { APPLICATION, CHANNEL, GUILD, snowflake, THREAD, TOKEN, userOf } from './discord-world.ts';
import type { World } from './discord-world.ts';

interface Packet {
  readonly op: Op;
  readonly d: { readonly token?: string; readonly session_id?: string; readonly seq?: number };
}

export class Gateway {
  /** How each connection began: 'identify' or 'resume'. */
  readonly sessions: ('identify' | 'resume')[] = [];
  readonly #world: World;
  readonly #server: WebSocketServer;
  readonly #http: Server;
  readonly #events: { readonly s: number; readonly t: string; readonly d: unknown }[] = [];
  #session = snowflake();
  #socket: WebSocket | null = null;

  constructor(http: Server, world: World) {
    this.#world = world;
    this.#http = http;
    this.#server = new WebSocketServer({ server: http });
    this.#server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => {
        this.#receive(socket, JSON.parse(data.toString()) as Packet);
      });
      send(socket, { op: Op.Hello, d: { heartbeat_interval: 41_250 } });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get connected(): boolean {
    return this.#socket !== null;
  }

  /** Reaches the bot now, or when it resumes. */
  dispatch(t: string, d: unknown): void {
    const event = { s: this.#events.length + 1, t, d };
    this.#events.push(event);
    if (this.#socket) send(this.#socket, { op: Op.Dispatch, ...event });
  }

  /** Closes the connection: 4000 can be resumed, 4004 says that the token is bad. */
  drop(code = 4000): void {
    this.#socket?.close(code);
    this.#socket = null;
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #receive(socket: WebSocket, { op, d }: Packet): void {
    if (op === Op.Heartbeat) send(socket, { op: Op.HeartbeatAck });
    else if (op === Op.Identify || op === Op.Resume) {
      if (d.token !== TOKEN) socket.close(4004);
      else if (op === Op.Identify) this.#identify(socket);
      else this.#resume(socket, d);
    }
  }

  #identify(socket: WebSocket): void {
    this.#begin(socket, 'identify');
    this.#session = snowflake();
    this.#events.length = 0;
    this.dispatch('READY', {
      v: 10,
      user: userOf('bot'),
      guilds: [{ id: GUILD, unavailable: true }],
      session_id: this.#session,
      session_type: 'normal',
      resume_gateway_url: this.url,
      shard: [0, 1],
      application: { id: APPLICATION, flags: 0 },
    });
    this.dispatch('GUILD_CREATE', guild());
    this.#world.changed();
  }

  #resume(socket: WebSocket, { session_id: session, seq = 0 }: Packet['d']): void {
    if (session !== this.#session) {
      send(socket, { op: Op.InvalidSession, d: false });
      return;
    }
    const missed = this.#events.slice(seq);
    this.#begin(socket, 'resume');
    for (const event of missed) send(socket, { op: Op.Dispatch, ...event });
    this.dispatch('RESUMED', {});
    this.#world.changed();
  }

  #begin(socket: WebSocket, how: 'identify' | 'resume'): void {
    this.#socket = socket;
    this.sessions.push(how);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      this.#world.changed();
    });
  }
}

function send(socket: WebSocket, packet: unknown): void {
  socket.send(JSON.stringify(packet));
}

/** Of the server: one that is an ornament, and one with powers. */
export const ROLES = { winner: '1100000000000000021', moderator: '1100000000000000022' };
const BAN_MEMBERS = '4';

function role(id: string, name: string, permissions: string): object {
  return {
    id,
    name,
    permissions,
    position: 0,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    flags: 0,
  };
}

function thread(): object {
  return {
    id: THREAD,
    type: 11,
    guild_id: GUILD,
    parent_id: CHANNEL,
    name: 'More dreams',
    owner_id: userOf('ann').id,
    message_count: 0,
    member_count: 1,
    rate_limit_per_user: 0,
    thread_metadata: {
      archived: false,
      locked: false,
      auto_archive_duration: 1440,
      archive_timestamp: new Date(0).toISOString(),
    },
  };
}

function guild(): unknown {
  const roles = [
    role(GUILD, '@everyone', '0'),
    role(ROLES.winner, 'Winner', '0'),
    role(ROLES.moderator, 'Moderator', BAN_MEMBERS),
  ];
  return {
    id: GUILD,
    name: 'Dreamers',
    owner_id: userOf('ann').id,
    unavailable: false,
    member_count: 3,
    roles,
    channels: [{ id: CHANNEL, type: 0, name: 'dreams', position: 0, permission_overwrites: [] }],
    members: [],
    threads: [thread()],
    emojis: [],
    stickers: [],
    features: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    premium_tier: 0,
    verification_level: 0,
    nsfw_level: 0,
    preferred_locale: 'en-US',
    system_channel_flags: 0,
  };
}
