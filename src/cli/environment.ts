/** What the command line takes from its surroundings: environment, .env and package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MODELS } from '../studio/catalogue.ts';

const ROOT = new URL('../../', import.meta.url);

/** The clouds that come with the project. */
export const CLOUDS = fileURLToPath(new URL('examples/clouds.png', ROOT));

/** Reads `.env` of the working folder, if there is one; what is set already stays. */
export function loadEnvironment(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Where the models lie: MODELS_DIR, or the project's own folder. */
export function modelsFolder(): string {
  return process.env.MODELS_DIR ?? MODELS;
}

export function programVersion(): string {
  const file = readFileSync(new URL('package.json', ROOT), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
