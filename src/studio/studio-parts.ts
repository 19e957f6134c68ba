/** What a studio of one machine is made of, put together from its options. */
import { join } from 'node:path';
import { DEFAULT_MAX_PIXELS } from '../dream/picture.ts';
import type { Shelf } from '../kit/shelf.ts';
import { Arrivals } from './arrivals.ts';
import { Bells } from './bells.ts';
import { EarlyEnds } from './early-ends.ts';
import { Estimator } from './estimate.ts';
import { Housekeeping } from './housekeeping.ts';
import { Intake } from './intake/intake.ts';
import type { LocalStudioOptions } from './local-studio-options.ts';
import { noObserver } from './observer.ts';
import { Renders } from './renders.ts';
import type { RenderTask } from './rendering/messages.ts';
import { renderPool } from './rendering/pool.ts';
import type { RenderPool } from './rendering/pool.ts';
import type { StallTimes } from './rendering/stall-watch.ts';
import { openDatabase } from './store/database.ts';
import type { OpenDatabase } from './store/database.ts';
import type { StoredOrder } from './store/order-rows.ts';
import { OrderStore } from './store/orders.ts';
import { PictureFolder } from './store/pictures.ts';
import { databaseShelf } from './store/shelf.ts';

/** Milliseconds. */
const PATIENCE = 30_000;
const STALL: StallTimes = { most: 900_000, least: 60_000 };
const IDLE = 600_000;

export interface StudioParts {
  readonly database: OpenDatabase;
  readonly store: OrderStore;
  readonly shelf: Shelf;
  readonly pictures: PictureFolder;
  readonly bells: Bells;
  readonly pool: RenderPool;
  readonly renders: Renders;
  readonly ends: EarlyEnds;
  readonly intake: Intake;
  readonly arrivals: Arrivals;
  readonly housekeeping: Housekeeping;
}

/** @throws DreamError 'cannot-write' when another bot has the folder */
export async function openParts(options: LocalStudioOptions): Promise<StudioParts> {
  const { dataDir, databaseUrl, log } = options;
  const database = await openDatabase(dataDir, log, databaseUrl);
  try {
    return await partsWith(database, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function partsWith(
  database: OpenDatabase,
  options: LocalStudioOptions,
): Promise<StudioParts> {
  const { dataDir, models, log, keeping = {}, observer = noObserver } = options;
  const { concurrency = 1, maxPixels = DEFAULT_MAX_PIXELS, maxMinutes = 30 } = options;
  const maxSeconds = 60 * maxMinutes;
  const store = new OrderStore(database.tables);
  const shelf = databaseShelf(database.tables);
  const pictures = await PictureFolder.open(join(dataDir, 'pictures'));
  const estimator = await Estimator.open(shelf);
  const bells = new Bells();
  const changed = (id: string): void => {
    bells.ring(id);
  };
  const pool = renderPoolOf(options);
  const renders = new Renders({
    ...{ store, pool, estimator, observer, log, concurrency, maxSeconds, changed },
    taskOf: (order) => taskOf(options, pictures, order),
  });
  const ends = new EarlyEnds({ store, renders, bells, observer });
  const intake = intakeOf(options);
  const arrivals = new Arrivals({
    ...{ store, pictures, models, intake, renders, ends, log, maxPixels, maxSeconds, changed },
  });
  const housekeeping = new Housekeeping({ store, pictures, keeping, log });
  return {
    ...{ database, store, shelf, pictures, bells, pool, renders, ends, intake, arrivals },
    housekeeping,
  };
}

function renderPoolOf(options: LocalStudioOptions): RenderPool {
  const { log, environment = {}, patience = PATIENCE, stall = STALL, idle = IDLE } = options;
  return renderPool({ log, environment, patience, stall, idle });
}

function intakeOf({ log, environment = {}, idle = IDLE }: LocalStudioOptions): Intake {
  return new Intake({ log, environment, idle });
}

/** What a render process is told of an order that is queued. */
function taskOf(
  { models, engine = {}, screening = 'off', version, dataDir }: LocalStudioOptions,
  pictures: PictureFolder,
  { id, job, picture, mask }: StoredOrder,
): RenderTask {
  return {
    ...{ job, version, engine, screening, facts: picture!, modelsFolder: models.folder },
    picturePath: pictures.path(id, 'source'),
    ...(mask ? { maskPath: pictures.path(id, 'mask') } : {}),
    resultPath: pictures.path(id, 'result'),
    measurements: join(dataDir, 'engines.json'),
  };
}
