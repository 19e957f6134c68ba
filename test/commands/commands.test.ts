/** What every platform may rely on: the limits of the strictest. */
import { describe, expect, it } from 'vitest';
import { actions } from '../../commands/actions.ts';
import { commands } from '../../commands/index.ts';
import type { Command, SimpleCommand } from '../../src/chat/command.ts';

const NAME = /^[a-z0-9_]{1,32}$/;

function simple(command: Command): readonly SimpleCommand[] {
  return 'subcommands' in command ? command.subcommands : [command];
}

describe('commands', () => {
  it('are those that the bot promises', () => {
    const names = commands.map(({ name }) => name);
    for (const name of ['dream', 'layers', 'models', 'queue', 'cancel', 'redo', 'help', 'privacy'])
      expect(names).toContain(name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(commands.map((command) => [command.name, command] as const))('/%s', (_, command) => {
    for (const each of [command, ...simple(command)]) {
      expect(each.name).toMatch(NAME);
      expect(each.description).toMatch(/^[A-Z].{3,98}[^.]$/);
    }
    for (const { options, onPicture } of simple(command)) {
      expect(Object.keys(options).length).toBeLessThanOrEqual(25);
      for (const [name, option] of Object.entries(options)) {
        expect(name).toMatch(NAME);
        expect(option.description).toMatch(/^[A-Z].{3,98}[^.]$/);
        if (option.kind === 'choice') expect(option.choices.length).toBeLessThanOrEqual(25);
        if ('min' in option) expect(option.min).toBeLessThan(option.max);
      }
      const takesPicture = Object.values(options).some(({ kind }) => kind === 'picture');
      if (onPicture !== undefined) expect(takesPicture).toBe(true);
      expect((onPicture ?? '').length).toBeLessThanOrEqual(32);
    }
  });

  it('have buttons with short names', () => {
    for (const { name } of actions) expect(name).toMatch(/^[a-z-]{1,20}$/);
  });
});
