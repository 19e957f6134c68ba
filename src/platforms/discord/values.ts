/** What stands in the options of a slash command. */
import { ApplicationCommandOptionType as Type } from 'discord.js';
import type {
  APIApplicationCommandInteractionDataOption,
  APIAttachment,
  APIChatInputApplicationCommandInteractionData,
  InteractionType,
} from 'discord.js';
import type { Attachment, RawValue } from '../../chat/option.ts';

type DataOption =
  | APIApplicationCommandInteractionDataOption<InteractionType.ApplicationCommand>
  | APIApplicationCommandInteractionDataOption<InteractionType.ApplicationCommandAutocomplete>;

export interface Filled {
  readonly subcommand?: string;
  readonly values: Readonly<Record<string, RawValue>>;
  /** The option that somebody is typing. */
  readonly focused?: { readonly name: string; readonly text: string };
}

export function filledOptions(
  options: readonly DataOption[] = [],
  resolved?: APIChatInputApplicationCommandInteractionData['resolved'],
): Filled {
  const [first] = options;
  if (first?.type === Type.Subcommand) {
    return { ...filledOptions(first.options, resolved), subcommand: first.name };
  }
  const values: Record<string, RawValue> = {};
  let focused: Filled['focused'];
  for (const option of options) {
    if (!('value' in option)) continue;
    const { name, value } = option;
    if ('focused' in option && option.focused) focused = { name, text: String(value) };
    else if (option.type !== Type.Attachment) values[name] = value;
    else {
      const attachment = resolved?.attachments?.[String(value)];
      if (attachment) values[name] = attachmentOf(attachment);
    }
  }
  return { values, ...(focused ? { focused } : {}) };
}

export function attachmentOf({
  filename,
  size,
  url,
  content_type: contentType,
}: APIAttachment): Attachment {
  return {
    name: filename,
    size,
    reference: url,
    ...(contentType === undefined ? {} : { contentType }),
  };
}
