/** What Slack has to know about the app: pasted once, when the app is made. */
import type { Command, SimpleCommand } from '../../chat/command.ts';
import type { Options } from '../../chat/option.ts';
import { pictureOptions, runnable, spelled } from './commands.ts';
import { clipped } from './markup.ts';

/** What each is needed for. */
const SCOPES = [
  // Slash commands and shortcuts.
  'commands',
  // Answers.
  'chat:write',
  // Pictures in and out.
  'files:read',
  'files:write',
  // Mentions and direct messages.
  'app_mentions:read',
  'im:history',
  'im:write',
  // A public channel is entered when somebody asks for a dream there.
  'channels:join',
  // Names, and who is an admin.
  'users:read',
] as const;

const EVENTS = ['app_mention', 'message.im'] as const;

const ABOUT =
  'Dreams on your pictures. Type /dream with a layer of a neural network and attach a picture, ' +
  'mention the app beside one, or choose a message with a picture and its menu entry. The app ' +
  'shows how far it is, answers in the thread, and has buttons to go deeper from there.';

export interface ManifestOptions {
  /** @default 'dream' */
  readonly name?: string;
  /** Where Slack sends events, ending in /slack/events; without it, Socket Mode. */
  readonly url?: string;
}

export function slackManifest(
  commands: readonly Command[],
  { name = 'dream', url }: ManifestOptions = {},
): object {
  const request = url === undefined ? {} : { request_url: url };
  const menus = url === undefined ? {} : { message_menu_options_url: url };
  return {
    display_information: {
      name,
      description: 'DeepDream on your pictures',
      long_description: ABOUT,
      background_color: '#1f1147',
    },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: name, always_online: true },
      shortcuts: shortcutsOf(commands),
      slash_commands: commands.map((command) => slashCommand(command, url)),
    },
    oauth_config: { scopes: { bot: [...SCOPES] } },
    settings: {
      event_subscriptions: { ...request, bot_events: [...EVENTS] },
      interactivity: { is_enabled: true, ...request, ...menus },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}

function shortcutsOf(commands: readonly Command[]): object[] {
  return runnable(commands).flatMap(({ name, command: { onPicture, description } }) =>
    onPicture === undefined
      ? []
      : [
          {
            name: clipped(onPicture, 24),
            type: 'message',
            callback_id: `picture:${spelled(name)}`,
            description: clipped(description, 150),
          },
        ],
  );
}

function slashCommand(command: Command, url: string | undefined): object {
  const hint = 'subcommands' in command ? subcommandsOf(command.subcommands) : usageOf(command);
  return {
    command: `/${command.name}`,
    ...(url === undefined ? {} : { url }),
    description: command.description,
    ...(hint === '' ? {} : { usage_hint: clipped(hint, 150) }),
    should_escape: false,
  };
}

function subcommandsOf(subcommands: readonly SimpleCommand[]): string {
  return subcommands.map(({ name }) => name).join(' | ');
}

/** Pictures are asked for by a form. */
function usageOf({ options }: { options: Options }): string {
  const pictures = pictureOptions(options);
  const names = Object.keys(options).filter((name) => !pictures.includes(name));
  return names.map((name) => `${name}:…`).join(' ');
}
