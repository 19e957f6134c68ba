/** What Discord is told about the commands. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { commandsJson, registerCommands } from '../../../src/platforms/discord/register.ts';
import { commandViolations } from '../../helpers/discord-rules.ts';
import { GUILD, TOKEN } from '../../helpers/discord-world.ts';
import { COMMANDS } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

describe('the form of the commands', () => {
  it.each([
    ['one of each kind', COMMANDS],
    ["the bot's own", commands],
  ])("is Discord's: %s", (_name, list) => {
    const json = JSON.parse(JSON.stringify(commandsJson(list))) as Record<string, unknown>[];
    expect(json.flatMap(commandViolations)).toEqual([]);
    expect(json.length).toBeGreaterThan(2);
  });

  it('would be refused where it is not', () => {
    const [dream] = commandsJson(COMMANDS) as unknown as Record<string, unknown>[];
    expect(commandViolations({ ...dream, name: 'x'.repeat(40) })).not.toEqual([]);
    expect(commandViolations({ ...dream, colour: 'red' })).not.toEqual([]);
    const late = [{ type: 5, name: 'a', description: 'b', required: false }];
    const options = [...late, { ...late[0], name: 'c', required: true }];
    expect(commandViolations({ ...dream, options })).toEqual([
      'dream: required options come first',
    ]);
  });

  it('says everything about the options', () => {
    const [dream, models, settings, , menu] = commandsJson(COMMANDS);
    expect(dream).toMatchObject({
      type: 1,
      contexts: [0, 1, 2],
      integration_types: [0, 1],
      options: [
        { type: 3, name: 'layer', max_length: 100, autocomplete: true, required: false },
        { type: 11, name: 'picture', file_types: ['image'] },
        { type: 3, name: 'mood', choices: [{ name: 'calm', value: 'calm' }, { value: 'wild' }] },
        { type: 4, name: 'octaves', min_value: 1, max_value: 12 },
        { type: 10, name: 'strength', min_value: 0.1, max_value: 9.5 },
        { type: 5, name: 'spoiler' },
      ],
    });
    expect(dream).not.toHaveProperty('default_member_permissions');
    expect(models).toMatchObject({
      options: [
        { type: 1, name: 'list', options: [] },
        {
          type: 1,
          name: 'show',
          options: [
            { name: 'model', required: true, max_length: 6000 },
            { name: 'size', required: false },
          ],
        },
      ],
    });
    expect(settings).toMatchObject({
      contexts: [0],
      integration_types: [0],
      default_member_permissions: '32',
    });
    expect(menu).toMatchObject({ type: 3, name: 'Dream this picture' });
    expect(menu).not.toHaveProperty('description');
  });
});

describe('registering', () => {
  const wanted = () => ({ token: TOKEN, apiUrl: bench().server.apiUrl, commands: COMMANDS });

  it('reaches every server, or one', async () => {
    const names = await registerCommands(wanted());
    expect(names).toEqual(['dream', 'models', 'settings', 'contest', 'Dream this picture']);
    await registerCommands({ ...wanted(), guild: GUILD, applicationId: '1100000000000000001' });
    expect([...bench().world.commands.keys()]).toEqual(['everywhere', GUILD]);
    expect(bench().world.commands.get(GUILD)).toEqual(commandsJson(COMMANDS));
  });

  it('tells what is wrong with the token or the server', async () => {
    await expect(registerCommands({ ...wanted(), token: 'bad' })).rejects.toMatchObject({
      name: 'DreamError',
      message: expect.stringContaining('DISCORD_TOKEN') as string,
    });
    bench().world.closed.set(GUILD, 50001);
    await expect(registerCommands({ ...wanted(), guild: GUILD })).rejects.toMatchObject({
      name: 'DreamError',
      message: expect.stringContaining(GUILD) as string,
    });
  });

  it('says that Discord cannot be reached', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const away = { ...wanted(), apiUrl: `http://127.0.0.1:${port}/api` };
    await expect(registerCommands(away)).rejects.toMatchObject({
      name: 'DreamError',
      message: 'Discord cannot be reached (ECONNREFUSED)',
    });
  });
});
