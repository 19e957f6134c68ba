/** The two ways in which Slack hands events to an app, and how it wants them acknowledged. */
import { createHmac } from 'node:crypto';
import type { WebSocket } from 'ws';
import { TEAM } from './slack-workspace.ts';
import type { Json, Workspace } from './slack-workspace.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** @returns what the app acknowledged with. */
export type Line = (type: EnvelopeType, payload: Json) => Promise<unknown>;

const DEADLINE = 3000;

/** What Slack would not forgive is a violation; a test that hangs would not say why. */
async function within(workspace: Workspace, what: string, ack: Promise<unknown>): Promise<unknown> {
  const late = Symbol('late');
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, DEADLINE, late);
  });
  const answer = await Promise.race([ack, deadline]);
  clearTimeout(timer);
  if (answer === late) workspace.violations.push(`${what} was not acknowledged within 3 s`);
  return answer === late ? undefined : answer;
}

export class SocketLine {
  readonly sockets = new Set<WebSocket>();
  /** The next envelope is sent twice, as after a slow acknowledgement. */
  duplicateNext = false;
  readonly #workspace: Workspace;
  readonly #waiting = new Map<string, (payload: unknown) => void>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  attach(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.#workspace.touch();
    });
    socket.on('message', (data: Buffer) => {
      const { envelope_id: id, payload } = JSON.parse(data.toString()) as {
        envelope_id: string;
        payload?: unknown;
      };
      const resolve = this.#waiting.get(id);
      if (!resolve) this.#workspace.violations.push(`acknowledged what was never sent: ${id}`);
      resolve?.(payload);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.sockets.size,
        connection_info: { app_id: 'ABOT00001' },
        debug_info: { host: 'applink-1', approximate_connection_time: 18060 },
      }),
    );
    this.#workspace.touch();
  }

  /** Slack hangs up, with or without saying so before. */
  drop(how: 'announced' | 'cut'): void {
    for (const socket of this.sockets) {
      if (how === 'cut') socket.terminate();
      else socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    }
  }

  send: Line = async (type, payload) => {
    const socket = await this.#workspace.until(() => [...this.sockets].at(-1));
    const id = `envelope-${this.#workspace.number()}`;
    const envelope = {
      envelope_id: id,
      type,
      payload,
      accepts_response_payload: type !== 'events_api',
    };
    const ack = new Promise((resolve) => this.#waiting.set(id, resolve));
    const copies = this.duplicateNext ? 2 : 1;
    this.duplicateNext = false;
    for (let attempt = 0; attempt < copies; attempt++) {
      socket.send(JSON.stringify({ ...envelope, retry_attempt: attempt, retry_reason: '' }));
    }
    return within(this.#workspace, type, ack);
  };
}

export interface HttpLineOptions {
  readonly url: string;
  readonly secret: string;
  /** Seconds since 1970. @default now */
  readonly timestamp?: number;
}

/** A request as Slack signs it. */
export async function signedRequest(
  type: EnvelopeType,
  payload: Json,
  { url, secret, timestamp = Math.floor(Date.now() / 1000) }: HttpLineOptions,
): Promise<Response> {
  const json = type === 'events_api';
  const form = (): string =>
    new URLSearchParams(
      type === 'interactive'
        ? { payload: JSON.stringify(payload) }
        : (payload as Record<string, string>),
    ).toString();
  const body = json ? JSON.stringify(payload) : form();
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    },
  });
}

export function httpLine(workspace: Workspace, options: HttpLineOptions): Line {
  return async (type, payload) => {
    const request = signedRequest(type, payload, options).then(async (response) => {
      if (!response.ok) workspace.violations.push(`${type} was answered with ${response.status}`);
      const body = await response.text();
      return body.startsWith('{') ? (JSON.parse(body) as unknown) : undefined;
    });
    return within(workspace, type, request);
  };
}

/** An event of the Events API in its wrapping. */
export function eventPayload(event: Json, number: number): Json {
  return {
    token: 'verification',
    team_id: TEAM,
    api_app_id: 'ABOT00001',
    type: 'event_callback',
    event,
    event_id: `Ev${String(number).padStart(8, '0')}`,
    event_time: 1_760_000_000,
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM,
        user_id: 'UBOT00001',
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}
