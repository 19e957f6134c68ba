/** What the command line takes from its surroundings: environment and package.json. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** The clouds that come with the project. */
export const CLOUDS = fileURLToPath(new URL('examples/clouds.png', ROOT));

/** MODELS_DIR: where the models lie, if not in the project's own folder. */
export function modelsFolder(): string | undefined {
  return process.env.MODELS_DIR || undefined;
}

/** Where the measurements of engines are kept; it need not be there yet. */
export function measurementsFile(): string {
  const { env, platform } = process;
  const usual = {
    darwin: join(homedir(), 'Library', 'Caches'),
    win32: env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  const folder =
    platform === 'darwin' || platform === 'win32'
      ? usual[platform]
      : env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(folder, 'dream-bot', 'engines.json');
}

/** DREAM_DEBUG=1: a defect shows where it happened. */
export function debugging(): boolean {
  return process.env.DREAM_DEBUG === '1';
}

export function programVersion(): string {
  const file = readFileSync(new URL('package.json', ROOT), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
