/** What a studio of one machine can be told. */
import type { EngineRequest } from '../engines/choose.ts';
import type { Logger } from '../kit/log.ts';
import type { Limits } from './admission.ts';
import type { Keeping } from './housekeeping.ts';
import type { Models } from './models.ts';
import type { Observer } from './observer.ts';
import type { Environment } from './processes/task-process.ts';
import type { StallTimes } from './rendering/stall-watch.ts';
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
  /** The variables that its processes see: no secrets. @default none */
  readonly environment?: Environment;
  /** Milliseconds that a cancelled render has to stop before it is killed. @default 30 000 */
  readonly patience?: number;
  /** How long a render may take no step before it is taken for dead. @default 1 to 15 minutes */
  readonly stall?: StallTimes;
  /** Milliseconds after which an idle process ends. @default ten minutes */
  readonly idle?: number;
  readonly observer?: Observer;
}
