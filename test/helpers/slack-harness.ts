/** Slack seen from outside. */
import type { Command } from '../../src/chat/command.ts';
import { createDownloader } from '../../src/chat/download.ts';
import { silentLog } from '../../src/kit/log.ts';
import { commandNamed, pictureOptions, unspelled } from '../../src/platforms/slack/commands.ts';
import { slackPlatform } from '../../src/platforms/slack/index.ts';
import type { SlackOptions } from '../../src/platforms/slack/index.ts';
import type { Platform } from '../../src/chat/platform.ts';
import type { PlatformHarness, Seen, Who } from './platform-harness.ts';
import { seenBy } from './slack-seen.ts';
import { GENERAL, SlackPeople } from './slack-people.ts';
import { APP_TOKEN, BOT_TOKEN, SlackServer } from './slack-server.ts';
import { directOf } from './slack-methods.ts';
import type { SlackView } from './slack-workspace.ts';

export interface SlackHarness extends Omit<PlatformHarness, 'connect' | 'messages'> {
  readonly server: SlackServer;
  readonly people: SlackPeople;
  connect(settings?: Partial<SlackOptions>): Promise<Platform>;
  messages(who: Who): readonly Seen[];
}

export async function slackHarness(commands: readonly Command[]): Promise<SlackHarness> {
  const server = await new SlackServer().start();
  const people = new SlackPeople(server);
  const { workspace } = server;
  const downloader = createDownloader({ trustedHosts: [server.host] });
  const platforms: Platform[] = [];
  /** What stands in forms is no message in a channel, but people see it all the same. */
  const told: { who: Who; seen: Seen }[] = [];
  const messages = (who: Who): readonly Seen[] => [
    ...[GENERAL, directOf(who)].flatMap((channel) =>
      seenBy(workspace, channel, workspace.user(who).id),
    ),
    ...told.filter((each) => each.who === who).map(({ seen }) => seen),
  ];

  function connect(settings: Partial<SlackOptions> = {}): Promise<Platform> {
    const platform = slackPlatform({
      botToken: BOT_TOKEN,
      appToken: APP_TOKEN,
      apiUrl: server.apiUrl,
      commands,
      log: silentLog,
      download: downloader.download,
      pictureHosts: [server.host],
      ...settings,
    });
    platforms.push(platform);
    return Promise.resolve(platform);
  }

  async function open(who: Who, text: string): Promise<SlackView | null> {
    const forms = workspace.views.length;
    const before = messages(who).length;
    await people.slash(who, text);
    return workspace
      .until(
        () => workspace.views[forms] ?? (messages(who).length > before ? 'refused' : undefined),
      )
      .then((answer) => (answer === 'refused' ? null : answer));
  }

  return {
    name: 'slack',
    server,
    people,
    connect,
    async command(who, name, values, picture, mask) {
      const typed = Object.entries(values).map(([option, value]) => `${option}:"${value}"`);
      const text = [`/${name}`, ...typed].join(' ');
      const { options } = commandNamed(commands, unspelled(name));
      const [field, second] = pictureOptions(options);
      if (field === undefined) return people.slash(who, text);
      const form = await open(who, text);
      if (!form) return;
      const answers = {
        ...(picture ? { [field]: { name: 'photo.png', bytes: picture } } : {}),
        ...(mask && second !== undefined ? { [second]: { name: 'mask.png', bytes: mask } } : {}),
      };
      const faults = await people.submit(who, form, answers);
      if (!faults) return;
      told.push({ who, seen: { ...NOTHING, id: form.id, text: Object.values(faults).join('\n') } });
      workspace.touch();
    },
    press: (who, { id }, action, choice) => {
      const message = workspace.messages.find(({ ts }) => ts === id);
      if (!message) throw new Error(`there is no message ${id}`);
      return people.press(who, message, action, choice);
    },
    async complete(who, name, option, text) {
      const form = await open(who, `/${name}`);
      if (!form) throw new Error(`/${name} opens no form`);
      return people.suggest(who, form, option, text);
    },
    messages,
    changed: () => workspace.changed(),
    failNext(status, body = {}) {
      const headers = status === 429 ? { 'retry-after': '1' } : {};
      server.faults.push({ status, headers, body });
    },
    async close() {
      for (const platform of platforms) await platform.stop();
      await downloader.close();
      await server.close();
      if (workspace.violations.length > 0) throw new Error(workspace.violations.join('\n'));
    },
  };
}

const NOTHING: Seen = {
  id: '',
  text: '',
  fields: '',
  alt: null,
  picture: null,
  buttons: [],
  menu: null,
  private: true,
};
