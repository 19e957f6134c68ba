/** Tells Discord which commands there are. */
import {
  ApplicationCommandOptionType as Type,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  REST,
  Routes,
} from 'discord.js';
import type {
  APIApplication,
  APIApplicationCommandBasicOption,
  APIApplicationCommandSubcommandOption,
  RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { Command, SimpleCommand } from '../../chat/command.ts';
import type { Option, Options } from '../../chat/option.ts';
import { DreamError } from '../../kit/errors.ts';
import { DiscordFailure, isConnectionLost, unreachable, withoutSecrets } from './failure.ts';
import { menuEntries } from './menu-entries.ts';
import { restOptions } from './rest-options.ts';

export interface Registration {
  readonly token: string;
  readonly apiUrl?: string | undefined;
  /** Found by the token where it is not given. */
  readonly applicationId?: string;
  readonly commands: readonly Command[];
  /** The only server to register at, where changes show at once; everywhere by default. */
  readonly guild?: string;
}

type CommandJson = RESTPutAPIApplicationCommandsJSONBody[number];

/** Discord's longest text of an option. */
const TEXT_LENGTH = 6000;

/**
 * Replaces all commands that were registered before.
 * @returns the names of what was registered.
 * @throws DreamError
 */
export async function registerCommands({
  token,
  apiUrl,
  applicationId,
  commands,
  guild,
}: Registration): Promise<string[]> {
  const rest = new REST(restOptions(apiUrl)).setToken(token);
  const body = commandsJson(commands);
  try {
    const id =
      applicationId ?? ((await rest.get(Routes.currentApplication())) as APIApplication).id;
    const route =
      guild === undefined
        ? Routes.applicationCommands(id)
        : Routes.applicationGuildCommands(id, guild);
    await rest.put(route, { body });
  } catch (error) {
    throw explained(withoutSecrets(error), guild);
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
  return body.map(({ name }) => name);
}

export function commandsJson(commands: readonly Command[]): RESTPutAPIApplicationCommandsJSONBody {
  return [
    ...commands.map((command) => ({
      type: ApplicationCommandType.ChatInput as const,
      name: command.name,
      description: command.description,
      options:
        'subcommands' in command
          ? command.subcommands.map(subcommandJson)
          : optionsJson(command.options),
      ...availability(command.adminOnly ?? false),
    })),
    ...menuEntries(commands).map(({ name, adminOnly }) => ({
      type: ApplicationCommandType.Message as const,
      name,
      ...availability(adminOnly),
    })),
  ];
}

/** Settings are of servers; everything else also works in conversations and for single people. */
function availability(
  adminOnly: boolean,
): Pick<CommandJson, 'contexts' | 'integration_types' | 'default_member_permissions'> {
  if (!adminOnly) {
    const { Guild, BotDM, PrivateChannel } = InteractionContextType;
    const { GuildInstall, UserInstall } = ApplicationIntegrationType;
    return {
      contexts: [Guild, BotDM, PrivateChannel],
      integration_types: [GuildInstall, UserInstall],
    };
  }
  return {
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
  };
}

function subcommandJson({
  name,
  description,
  options,
}: SimpleCommand): APIApplicationCommandSubcommandOption {
  return { type: Type.Subcommand, name, description, options: optionsJson(options) };
}

/** Discord wants the required ones first. */
function optionsJson(options: Options): APIApplicationCommandBasicOption[] {
  return Object.entries(options)
    .sort(([, one], [, other]) => Number(other.required ?? false) - Number(one.required ?? false))
    .map(([name, option]) => optionJson(name, option));
}

function optionJson(name: string, option: Option): APIApplicationCommandBasicOption {
  const { description, required = false } = option;
  const common = { name, description, required };
  switch (option.kind) {
    case 'text': {
      const max_length = Math.min(option.maxLength, TEXT_LENGTH);
      if (option.completes === undefined) return { ...common, type: Type.String, max_length };
      return { ...common, type: Type.String, max_length, autocomplete: true };
    }
    case 'choice': {
      const choices = option.choices.map((choice) => ({ name: choice, value: choice }));
      return { ...common, type: Type.String, choices };
    }
    case 'integer':
      return { ...common, type: Type.Integer, min_value: option.min, max_value: option.max };
    case 'number':
      return { ...common, type: Type.Number, min_value: option.min, max_value: option.max };
    case 'switch':
      return { ...common, type: Type.Boolean };
    case 'picture':
      return { ...common, type: Type.Attachment, file_types: ['image'] };
    case 'file':
      return { ...common, type: Type.Attachment };
  }
}

function explained(error: unknown, guild: string | undefined): unknown {
  if (isConnectionLost(error)) return unreachable(error);
  if (!(error instanceof DiscordFailure)) return error;
  if (error.status === 401) {
    const message = 'Discord does not take the token in DISCORD_TOKEN';
    return new DreamError('not-allowed', message, 'Copy it again from the page of your bot.');
  }
  if (guild !== undefined && (error.status === 403 || error.status === 404)) {
    const message = `the bot is not on the server ${guild}`;
    return new DreamError(
      'not-allowed',
      message,
      'Invite it with the scope applications.commands.',
    );
  }
  return error;
}
