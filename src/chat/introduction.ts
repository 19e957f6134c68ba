/** What is said where a command of several parts is typed without one: how to begin. */
import type { CommandGroup, SimpleCommand } from './command.ts';
import type { Outbound } from './outbound.ts';

/** The part of a group that no name stands for. */
export function introductionTo(group: CommandGroup): SimpleCommand {
  return {
    name: '',
    description: group.description,
    options: {},
    run: ({ reply }) => reply(introduction(group), { private: true }),
  };
}

function introduction(group: CommandGroup): Outbound {
  const { name, description, introduction: words, subcommands } = group;
  if (words !== undefined) return { text: words };
  const fields = subcommands.map((part) => ({
    name: `/${name} ${part.name}`,
    value: part.description,
  }));
  return { text: `**/${name}** · ${description}.`, fields };
}
