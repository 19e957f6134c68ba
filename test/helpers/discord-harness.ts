/** Discord seen from outside. */
import { ApplicationCommandOptionType as Type } from 'discord.js';
import type { Command, SimpleCommand } from '../../src/chat/command.ts';
import { createDownloader } from '../../src/chat/download.ts';
import type { Option } from '../../src/chat/option.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Platform } from '../../src/chat/platform.ts';
import { discordPlatform } from '../../src/platforms/discord/index.ts';
import type { DiscordSettings } from '../../src/platforms/discord/index.ts';
import { DiscordServer } from './discord-server.ts';
import type { OptionValue } from './discord-server.ts';
import { CHANNEL, TOKEN, userOf } from './discord-world.ts';
import { seen } from './discord-seen.ts';
import type { PlatformHarness, Seen, Who } from './platform-harness.ts';

/** Of what is attached, in the order of the options that it goes to. */
const FILE_IDS = ['1100000000000000999', '1100000000000000998'];

export async function discordHarness(
  commands: readonly Command[],
): Promise<PlatformHarness & { readonly server: DiscordServer }> {
  const server = await DiscordServer.start();
  const { world } = server;
  const downloader = createDownloader({ trustedHosts: ['127.0.0.1'] });
  const messages = (who: Who): readonly Seen[] => {
    const direct = world.directChannels.get(userOf(who).id);
    return [CHANNEL, ...(direct === undefined ? [] : [direct])]
      .flatMap((channel) => world.inChannel(channel))
      .filter(({ only }) => only === undefined || only === userOf(who).id)
      .map(seen);
  };
  return {
    name: 'discord',
    server,
    connect: () =>
      Promise.resolve(testPlatform(server, { commands, download: downloader.download })),
    command(who, name, values, ...given) {
      const chosen = chosenCommand(commands, name);
      const sent = given.map((bytes) => bytes !== undefined);
      const options = optionValues(chosen.command.options, values, sent);
      const files = Object.fromEntries(
        given.flatMap((bytes, at) => {
          const name = at === 0 ? 'photo.png' : 'mask.png';
          return bytes ? [[FILE_IDS[at]!, { name, contentType: 'image/png', bytes }]] : [];
        }),
      );
      server.slash(who, chosen.top, nested(chosen.subcommand, options), { files });
      return Promise.resolve();
    },
    press(who, message, action, choice) {
      server.press(who, message.id, action, choice);
      return Promise.resolve();
    },
    async complete(who, name, option, text) {
      const { top, subcommand } = chosenCommand(commands, name);
      const typed = { name: option, type: Type.String, value: text, focused: true };
      const asked = server.autocomplete(who, top, nested(subcommand, [typed]));
      const answer = await world.until(() => asked.answer);
      const { choices } = answer.data as { choices: readonly { value: string }[] };
      return choices.map(({ value }) => value);
    },
    messages,
    changed: () => world.nextChange(),
    failNext(status, body = { code: 0, message: 'out of order' }) {
      const reply = { status, body, ...(status === 429 ? { headers: RATE_LIMIT } : {}) };
      server.fail({ on: /^(POST|PATCH) \/(webhooks|channels|interactions)\//, with: reply });
    },
    async close() {
      await downloader.close();
      await server.close();
      if (world.violations.length > 0) throw new Error(world.violations.join('\n'));
    },
  };
}

export const RATE_LIMIT = { 'retry-after': '0.05', 'x-ratelimit-scope': 'user' };

export function testPlatform(
  server: DiscordServer,
  settings: Partial<DiscordSettings> & Pick<DiscordSettings, 'commands' | 'download'>,
): Platform {
  return discordPlatform({
    token: TOKEN,
    apiUrl: server.apiUrl,
    log: silentLog,
    pictureHosts: [],
    maxPictureBytes: 2 ** 20,
    retryAfter: 1,
    ...settings,
  });
}

/** `models show` is a part of a command with several. */
function chosenCommand(
  commands: readonly Command[],
  name: string,
): { readonly top: string; readonly subcommand?: string; readonly command: SimpleCommand } {
  const [top = '', subcommand] = name.split(' ');
  const command = commands.find((candidate) => candidate.name === top);
  if (command && !('subcommands' in command)) return { top, command };
  const part = command?.subcommands.find((candidate) => candidate.name === subcommand);
  if (!part) throw new Error(`there is no command ${name}`);
  return { top, subcommand: part.name, command: part };
}

function nested(subcommand: string | undefined, options: readonly OptionValue[]): OptionValue[] {
  return subcommand === undefined
    ? [...options]
    : [{ name: subcommand, type: Type.Subcommand, options }];
}

/** What Discord's form makes of what people fill in. */
function optionValues(
  options: Readonly<Record<string, Option>>,
  values: Readonly<Record<string, string>>,
  sent: readonly boolean[],
): OptionValue[] {
  const filled = Object.entries(values).map(([name, text]): OptionValue => {
    switch (options[name]?.kind) {
      case 'integer':
        return { name, type: Type.Integer, value: Number(text) };
      case 'number':
        return { name, type: Type.Number, value: Number(text) };
      case 'switch':
        return { name, type: Type.Boolean, value: ['true', 'yes', 'on'].includes(text) };
      default:
        return { name, type: Type.String, value: text };
    }
  });
  const pictures = Object.keys(options).filter((name) => options[name]!.kind === 'picture');
  const attached = pictures.flatMap((name, at): OptionValue[] =>
    sent[at] === true ? [{ name, type: Type.Attachment, value: FILE_IDS[at]! }] : [],
  );
  return [...filled, ...attached];
}
