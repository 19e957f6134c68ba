/** What a studio of one machine can be told. */
import type { EngineRequest } from '../engines/choose.ts';
import type { Logger } from '../kit/log.ts';
import type { Limits } from './admission.ts';
import type { Keeping } from './housekeeping.ts';
import type { Models } from './models.ts';
import type { Observer } from './observer.ts';
import { RenderPool } from './rendering/pool.ts';
import type { Environment } from './rendering/render-process.ts';
import type { Screening } from './screening.ts';

export interface LocalStudioOptions {
  /** Where all that has to outlive the process is kept; one bot a folder. */
  readonly dataDir: string;
  /** Of a PostgreSQL server for what is no picture. @default a file in the folder */
  readonly databaseUrl?: string | undefined;
  readonly models: Models;
  /** Of this program, for the pictures' imprints. */
  readonly version: string;
  readonly log: Logger;
  /** Renders at once, each in a process of its own. @default 1 */
  readonly concurrency?: number;
  /** @default the best engine that the machine has */
  readonly engine?: EngineRequest;
  /** What is done about explicit pictures. @default 'off' */
  readonly screening?: Screening;
  readonly limits?: Limits;
  readonly keeping?: Keeping;
  /** Most pixels of a picture that is read. @default 64 million */
  readonly maxPixels?: number;
  /** Of one render: one that would take longer, as estimated, is refused. @default 30 */
  readonly maxMinutes?: number;
  /** The variables that render processes see: no secrets. @default none */
  readonly environment?: Environment;
  /** Milliseconds that a cancelled render has to stop before it is killed. @default 30 000 */
  readonly patience?: number;
  /** Milliseconds without a step after which a render is taken for dead. @default 15 minutes */
  readonly stall?: number;
  /** Milliseconds after which an idle render process ends. @default ten minutes */
  readonly idle?: number;
  readonly observer?: Observer;
}

export function poolOf(options: LocalStudioOptions): RenderPool {
  const { log, environment = {}, patience = 30_000, stall = 900_000, idle = 600_000 } = options;
  return new RenderPool({ log, environment, patience, stall, idle });
}
