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
    'I dream on pictures: gradient ascent on a layer of a neural network, from small to large.',
    'Attach a picture and write `/dream`, or name a layer: `/dream layer:mixed5`. Early layers (`mixed0`) give patterns, late ones (`mixed5`) animals and things.',
    '`/help dream` lists its options.',
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
    value: `${definition.description} (${limitsOf(definition)})`,
  }));
  return { text, fields };
}

function optionLines({ options: all }: SimpleCommand): string[] {
  return Object.entries(all).map(
    ([name, option]) => `\`${name}\` ${option.description} (${limitsOf(option)})`,
  );
}

function limitsOf(option: Option): string {
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
      return 'text';
  }
}
