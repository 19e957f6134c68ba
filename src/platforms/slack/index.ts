/** Slack, by Bolt. */
import type { Handler } from '../../chat/inbound.ts';
import { InFlight } from '../../chat/in-flight.ts';
import type { Platform } from '../../chat/platform.ts';
import { RecentEvents } from '../../chat/recent-events.ts';
import { readAddress } from './address.ts';
import { boltApp, transportFor, webClient } from './connection.ts';
import type { Transport } from './connection.ts';
import { deliver } from './deliver.ts';
import type { Desk } from './desk.ts';
import { fetchFile } from './files.ts';
import { listenToActions } from './listen-actions.ts';
import { listenToCommands } from './listen-commands.ts';
import { listenToMessages } from './listen-messages.ts';
import { listenToModals } from './listen-modals.ts';
import { login } from './login.ts';
import type { Identity } from './login.ts';
import type { SlackOptions } from './options.ts';
import { People } from './people.ts';
import { ProgressBoard } from './progress.ts';
import type { Standing } from './speech.ts';

export type { SlackHttp, SlackOptions } from './options.ts';

const FILES = 'files.slack.com';

/** Calls of `chat.update` that Slack grants are about one a second. */
const EDIT_INTERVAL = 1500;

export function slackPlatform(options: SlackOptions): Platform {
  const { botToken, commands, log, download, pictureHosts = [] } = options;
  const client = webClient(options);
  const ownHosts = [FILES, ...(options.apiUrl === undefined ? [] : [new URL(options.apiUrl).host])];
  const hosts = [FILES, ...pictureHosts];
  const maxPicture = options.maxPictureBytes ?? 32 * 2 ** 20;
  const progress = new ProgressBoard(client);
  const posted = new Map<string, Standing>();
  let bot: Identity | undefined;
  let transport: Transport | undefined;
  const inFlight = new InFlight();

  async function start(handler: Handler): Promise<void> {
    const opening = transportFor(options);
    bot = await login(client);
    const people = new People(client, log);
    const recent = new RecentEvents();
    const desk: Desk = { client, commands, handler, people, log, bot, recent };
    const app = boltApp(options, opening, bot);
    app.use(({ next }) => inFlight.track(next()));
    listenToCommands(app, desk);
    listenToMessages(app, desk);
    listenToModals(app, desk);
    listenToActions(app, desk);
    await opening.start();
    transport = opening;
    log.info({ bot: bot.name, team: bot.team }, 'connected to Slack');
  }

  return {
    name: 'slack',
    editInterval: EDIT_INTERVAL,
    start,
    async stop() {
      await transport?.stop();
      transport = undefined;
      await inFlight.ended();
    },
    ready: () => transport?.connected() ?? false,
    show: (address, outbound) => progress.show(readAddress(address), outbound),
    async deliver(address, outbound, delivery) {
      bot ??= await login(client);
      const delivering = { client, log, bot: bot.user, posted };
      await deliver(delivering, readAddress(address), outbound, delivery);
    },
    /**
     * What stands in a channel the bot may not read: of an announcement without a picture, a crash
     * between the sending and its note leads to a second one.
     */
    async announce({ channel }, outbound, sending) {
      bot ??= await login(client);
      const address = { team: bot.team, channel, thread: null, message: null, person: '' };
      await deliver({ client, log, bot: bot.user, posted }, address, outbound, sending);
    },
    fetch: (attachment, signal, maxBytes = maxPicture) =>
      fetchFile(
        { client, download, token: botToken, ownHosts, hosts, maxBytes },
        attachment,
        signal,
      ),
  };
}
