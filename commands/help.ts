import type { Command, SimpleCommand } from '../src/chat/command.ts';
import { findCommand } from '../src/chat/find.ts';
import type { Option } from '../src/chat/option.ts';
import type { Field } from '../src/chat/outbound.ts';

const options = {
  command: { kind: 'text', description: 'One command, with all its options', maxLength: 40 },
} as const;

export const help: SimpleCommand<typeof options> = {
  name: 'help',
  description: 'What I can do, and how to ask for it',
  options,
  async run({ commands, reply }, { command }) {
    const outbound =
      command === undefined
        ? overview(commands)
        : details(findCommand(commands, command.replace(/^\//, '')));
    await reply(outbound, { private: true });
  },
};

function overview(commands: readonly Command[]): { text: string; fields: Field[] } {
  const text = [
    'Give me a picture, and I change it step by step until a neural network sees more in it: swirls, eyes, animals.',
    'Attach a picture and write `/dream`. What appears depends on the layer of the network: early ones (`/dream layer:mixed0`) make patterns, late ones (`/dream layer:mixed5`) animals and things. `/layers` shows them all.',
    'While it dreams you see how far it is, and can cancel. Under the result are buttons to go on: deeper, again, another layer, closer.',
    '`/help dream` explains every option.',
  ].join('\n');
  const fields = commands.map(({ name, description }) => ({
    name: `/${name}`,
    value: description,
  }));
  return { text, fields };
}

function details(command: Command): { text: string; fields: Field[] } {
  const { name, description } = command;
  const text = `**/${name}** · ${description}.`;
  if ('subcommands' in command) {
    const fields = command.subcommands.map((sub) => ({
      name: `/${name} ${sub.name}`,
      value: [sub.description, ...optionLines(sub)].join('\n'),
    }));
    return { text, fields };
  }
  const fields = Object.entries(command.options).map(([option, definition]) => ({
    name: option,
    value: described(definition),
  }));
  return { text, fields };
}

function optionLines({ options: all }: SimpleCommand): string[] {
  return Object.entries(all).map(([name, option]) => `\`${name}\` ${described(option)}`);
}

function described(option: Option): string {
  const limits = limitsOf(option);
  return limits === null ? option.description : `${option.description} (${limits})`;
}

function limitsOf(option: Option): string | null {
  switch (option.kind) {
    case 'integer':
    case 'number':
      return `${option.min} to ${option.max}`;
    case 'choice':
      return option.choices.join(', ');
    case 'switch':
      return 'yes or no';
    case 'picture':
    case 'file':
      return 'attached';
    case 'text':
      return null;
  }
}
