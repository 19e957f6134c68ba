/** `npm run register`: tells Discord which commands there are. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { commands } from '../../commands/index.ts';
import { DreamError } from '../kit/errors.ts';
import { registerCommands } from '../platforms/discord/register.ts';
import { readSettings } from './settings.ts';

const program = new Command('register')
  .description('Registers the slash commands with Discord; needs DISCORD_TOKEN.')
  .option('--guild <id>', 'at this server only, where they show at once')
  .action(async ({ guild }: { guild?: string }) => {
    if (existsSync('.env')) process.loadEnvFile('.env');
    const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl } = readSettings(process.env);
    if (token === undefined) {
      throw new DreamError('bad-option', 'DISCORD_TOKEN is not set', 'See .env.example.');
    }
    const only = guild === undefined ? {} : { guild };
    const names = await registerCommands({ token, apiUrl, commands, ...only });
    process.stdout.write(`Registered ${names.join(', ')}.\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof DreamError)) throw error;
  process.stderr.write(`register: ${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = 1;
}
