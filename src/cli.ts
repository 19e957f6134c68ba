/** The `dream` command line. What a command needs is loaded when it runs: --help is quick. */
import { CommanderError } from 'commander';
import { debugging, programVersion } from './cli/environment.ts';
import { explain } from './cli/failure.ts';
import { buildProgram } from './cli/program.ts';
import { loadEnvFile } from './main/env-file.ts';

const program = buildProgram(programVersion(), {
  async dream(picture, given) {
    const { dreamCommand } = await import('./cli/dream-command.ts');
    await dreamCommand(picture, given);
  },
  async doctor() {
    const { doctorCommand } = await import('./cli/doctor-command.ts');
    await doctorCommand();
  },
  async models() {
    return (await import('./cli/models-command.ts')).modelsActions;
  },
});

// Help needs no settings, and must come even where they cannot be read.
program.hook('preAction', loadEnvFile);

// Whoever reads the output may stop before its end (`--layers | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(
    `dream: what is printed cannot be written (${error.code ?? error.message})\n`,
  );
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has printed its words itself; help and version are no failures.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const { words, exitCode } = explain(error, debugging());
    process.stderr.write(`${words}\n`);
    process.exitCode = exitCode;
  }
}
