/** How events reach us: by a socket that we open, or by requests to a server of ours. */
import { App, HTTPReceiver, SocketModeReceiver, webApi } from '@slack/bolt';
import type { Logger as BoltLogger, Receiver } from '@slack/bolt';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { boltLogger } from './bolt-logger.ts';
import { loginFailure, portFailure, refusedToken } from './login.ts';
import type { Identity } from './login.ts';
import type { SlackHttp, SlackOptions } from './options.ts';

export interface Transport {
  readonly receiver: Receiver;
  start(): Promise<void>;
  stop(): Promise<void>;
  connected(): boolean;
}

/** Milliseconds that a stop waits for the other side to hang up as well. */
const GOODBYE = 2000;

export function webClient(options: SlackOptions): webApi.WebClient {
  return new webApi.WebClient(options.botToken, clientOptions(options));
}

/**
 * Nothing is repeated below our own code: a message sent twice is worse than one sent late, and
 * while the client waits for one call's turn it would hold up all others.
 */
function clientOptions({ apiUrl, log }: SlackOptions): webApi.WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 60_000,
    logger: boltLogger(log),
  };
}

export function boltApp(options: SlackOptions, transport: Transport, bot: Identity): App {
  const app = new App({
    token: options.botToken,
    botId: bot.botId,
    botUserId: bot.user,
    // It has been verified.
    tokenVerificationEnabled: false,
    receiver: transport.receiver,
    clientOptions: clientOptions(options),
    logger: boltLogger(options.log),
    convoStore: false,
  });
  app.error((error) => {
    options.log.error({ err: error }, 'an event of Slack failed');
    return Promise.resolve();
  });
  return app;
}

/** @throws DreamError 'login-failed' where neither is configured. */
export function transportFor(options: SlackOptions): Transport {
  const logger = boltLogger(options.log);
  if (options.appToken !== undefined) return socketTransport(options, options.appToken, logger);
  if (options.http !== undefined) return httpTransport(options.http, logger);
  throw new DreamError(
    'login-failed',
    'Slack needs SLACK_APP_TOKEN beside SLACK_BOT_TOKEN',
    'It is an App-Level Token (xapp-…) with the scope connections:write, from Basic Information.',
  );
}

function socketTransport(options: SlackOptions, appToken: string, logger: BoltLogger): Transport {
  const { apiUrl, socketTimeout } = options;
  let refuse: (error: DreamError) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => (refuse = reject));
  // After the start nobody waits for it.
  refused.catch(() => undefined);
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    ...(socketTimeout === undefined ? {} : { clientPingTimeout: socketTimeout }),
    installerOptions: {
      clientOptions: {
        ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
        // Without this, a reconnect that finds no network ends in an unhandled rejection.
        retryConfig: { forever: true, maxTimeout: 30_000, unref: true },
        fetch: watchingFor((error) => {
          refuse(error);
        }),
      },
    },
  });
  const { client } = receiver;
  catchRestarts(client, options.log);
  let connected = false;
  client.on('connected', () => (connected = true));
  for (const event of ['close', 'disconnecting', 'disconnected']) {
    client.on(event, () => (connected = false));
  }
  return {
    receiver,
    connected: () => connected,
    async start() {
      const started = receiver.start();
      try {
        await Promise.race([started, refused]);
      } catch (error) {
        started.catch(() => undefined);
        void client.disconnect();
        throw error instanceof DreamError ? error : loginFailure('SLACK_APP_TOKEN', error);
      }
    },
    async stop() {
      const waited = new Promise((resolve) => setTimeout(resolve, GOODBYE).unref());
      await Promise.race([client.disconnect(), waited]);
    },
  };
}

/**
 * After a break the client starts itself again, and nobody would catch what goes wrong then: a
 * token that was revoked, or a stop meanwhile, would end the whole process.
 */
function catchRestarts(client: SocketModeReceiver['client'], log: Logger): void {
  const start = client.start.bind(client);
  let started = false;
  client.start = async () => {
    try {
      const answer = await start();
      started = true;
      return answer;
    } catch (error) {
      if (!started) throw error;
      log.error({ err: error }, 'the connection to Slack is lost');
      return { ok: false };
    }
  };
}

/** The socket's client asks for ever, also where the answer cannot change: it is read here. */
function watchingFor(refuse: (error: DreamError) => void): typeof fetch {
  const lasting = ['missing_scope', 'not_allowed_token_type', 'invalid_auth', 'not_authed'];
  return async (url, init) => {
    const response = await fetch(url, init);
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    const { error } = (answer ?? {}) as { error?: string };
    if (error !== undefined && lasting.includes(error)) {
      refuse(refusedToken('SLACK_APP_TOKEN', error));
    }
    return response;
  };
}

function httpTransport({ signingSecret, port, host }: SlackHttp, logger: BoltLogger): Transport {
  const receiver = new HTTPReceiver({ signingSecret, logger });
  let listening = false;
  return {
    receiver,
    connected: () => listening,
    async start() {
      await receiver.start(host === undefined ? port : { port, host }).catch((error: unknown) => {
        throw portFailure(port, error);
      });
      listening = true;
    },
    async stop() {
      listening = false;
      await receiver.stop();
    },
  };
}
