/** `npm run register`: tells Discord which commands there are. */
import { Command, CommanderError } from 'commander';
import { commands } from '../../commands/index.ts';
import { DreamError } from '../kit/errors.ts';
import { registerCommands } from '../platforms/discord/register.ts';
import { loadEnvFile } from './env-file.ts';
import { readSettings } from './settings.ts';

const program = new Command('register')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error:/, 'register:'));
    },
  })
  .showHelpAfterError('       --help describes the option.')
  .helpOption('-h, --help', 'print this help')
  .description('Registers the slash commands with Discord; needs DISCORD_TOKEN.')
  .option('--guild <id>', 'at this server only, where they show at once')
  .action(async ({ guild }: { guild?: string }) => {
    loadEnvFile();
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
  process.exitCode = exitCodeOf(error);
}

/** 2 for a command or settings that cannot be, 1 for what Discord does not allow. */
function exitCodeOf(error: unknown): number {
  // Its words are printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof DreamError)) throw error;
  const hint = error.hint === undefined ? '' : `\n${error.hint}`;
  process.stderr.write(`register: ${error.message}${hint}\n`);
  return error.code === 'bad-option' ? 2 : 1;
}
