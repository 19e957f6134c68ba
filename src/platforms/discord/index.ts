/** Discord: events by its gateway, messages by its REST interface. */
import { once } from 'node:events';
import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  RESTEvents,
  Status,
} from 'discord.js';
import type { APIInteraction } from 'discord.js';
import type { Command } from '../../chat/command.ts';
import type { Download } from '../../chat/download.ts';
import type { Handler } from '../../chat/inbound.ts';
import { InFlight } from '../../chat/in-flight.ts';
import type { Platform } from '../../chat/platform.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { readAddress } from './address.ts';
import { announce, giveRole } from './announce.ts';
import { deliver, show } from './delivery.ts';
import { isConnectionLost, unreachable, withoutSecrets } from './failure.ts';
import { PLATFORM } from './people.ts';
import { receive } from './receive.ts';
import { restOptions } from './rest-options.ts';
import { Wire } from './wire.ts';

export interface DiscordSettings {
  readonly token: string;
  /** Another place than Discord's, with the path before the version. */
  readonly apiUrl?: string | undefined;
  readonly commands: readonly Command[];
  readonly log: Logger;
  /** Further hosts that pictures may come from. */
  readonly pictureHosts: readonly string[];
  readonly download: Download;
  readonly maxPictureBytes: number;
  /** Milliseconds before what a broken connection swallowed is sent again. @default 1000 */
  readonly retryAfter?: number;
}

/** Discord takes about five edits in five seconds; others want their turn too. */
const EDIT_INTERVAL = 2500;
const PICTURE_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];

export function discordPlatform(settings: DiscordSettings): Platform {
  const { token, log, pictureHosts, download } = settings;
  const client = createClient(settings);
  const wire = new Wire(client.rest, { retryAfter: settings.retryAfter ?? 1000 });
  const parts = { wire, log, self: () => client.user?.id };
  const inFlight = new InFlight();
  let stopping = false;
  function listen(handler: Handler): void {
    const receiver = { ...settings, handler, wire, parentOf: (id: string) => parentIn(client, id) };
    client.ws.on(GatewayDispatchEvents.InteractionCreate, (interaction: APIInteraction) => {
      if (stopping) return;
      inFlight.track(receive(interaction, receiver)).catch((error: unknown) => {
        log.error({ err: error }, 'an interaction failed');
      });
    });
  }
  return {
    name: PLATFORM,
    editInterval: EDIT_INTERVAL,
    async start(handler) {
      listen(handler);
      await logIn(client, token);
    },
    async stop() {
      stopping = true;
      await inFlight.ended();
      await client.destroy();
    },
    // The client as a whole counts as ready from its first connection on.
    ready: () =>
      client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready),
    show: (address, outbound) => inFlight.track(show(readAddress(address), outbound, parts)),
    deliver: (address, outbound, delivery) =>
      inFlight.track(deliver(readAddress(address), outbound, delivery, parts)),
    announce: (place, outbound, sending) =>
      inFlight.track(announce(place, outbound, sending, parts)),
    grantRole: (place, person, id) => {
      const role = client.guilds.cache.get(place.server ?? '')?.roles.cache.get(id);
      return inFlight.track(giveRole(place, { person, role }, parts));
    },
    fetch: ({ reference }, signal, maxBytes = settings.maxPictureBytes) =>
      download(reference, {
        hosts: [...PICTURE_HOSTS, ...pictureHosts],
        maxBytes,
        signal,
      }),
  };
}

function parentIn({ channels }: Client, id: string): string | undefined {
  const channel = channels.cache.get(id);
  return channel?.isThread() ? (channel.parentId ?? undefined) : undefined;
}

function createClient({ apiUrl, log }: DiscordSettings): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: restOptions(apiUrl),
  });
  client.on(Events.Error, (error) => {
    log.error({ err: withoutSecrets(error) }, 'discord');
  });
  client.rest.on(RESTEvents.RateLimited, ({ route, timeToReset: milliseconds }) => {
    log.info({ route, milliseconds }, 'Discord wants a pause');
  });
  client.on(Events.ShardError, (error) => {
    log.warn({ err: error }, 'the connection to Discord broke');
  });
  client.on(Events.ShardReconnecting, () => {
    log.info({}, 'connecting to Discord again');
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    log.error(
      { code },
      'Discord has closed the connection for good: is DISCORD_TOKEN still valid?',
    );
  });
  return client;
}

async function logIn(client: Client, token: string): Promise<void> {
  const ready = once(client, Events.ClientReady);
  try {
    await Promise.all([ready, client.login(token)]);
  } catch (error) {
    if (isConnectionLost(error)) throw unreachable(error);
    if (!(error instanceof DiscordjsError) || error.code !== DiscordjsErrorCodes.TokenInvalid) {
      throw withoutSecrets(error);
    }
    throw new DreamError(
      'not-allowed',
      'Discord does not take the token in DISCORD_TOKEN',
      'Copy it again from the page "Bot" of your application at https://discord.com/developers/applications.',
    );
  }
}
