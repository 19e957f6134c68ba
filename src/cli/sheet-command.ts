/** `--sheet`: one picture of many dreams, a tile for each layer. */
import { encodePicture, writeFileAtomically } from '../dream/picture.ts';
import { briefly } from '../engines/brief.ts';
import { composeSheet } from '../studio/contact-sheet.ts';
import type { Tile } from '../studio/contact-sheet.ts';
import { pixelSteps } from '../studio/cost.ts';
import { distinctLayers } from '../studio/layers.ts';
import { noticesOf, ORIGINAL, planTiles, TILE_SIZE } from '../studio/sheet.ts';
import type { TilePlan } from '../studio/sheet.ts';
import type { Baseline } from './baseline.ts';
import { withInterrupt } from './interrupt.ts';
import { prepareJob } from './job.ts';
import type { Job } from './job.ts';
import { chooseOutput, formatNotices } from './output.ts';
import type { Given } from './program.ts';
import { noteTo } from './note.ts';
import type { Settings } from './settings.ts';
import { watch } from './watch.ts';

/**
 * @param chosen `mixed0,mixed3`, `all`, or true for the layers worth dreaming at; where there are
 *   none, the model's default layer.
 */
export async function sheetCommand(
  path: string | undefined,
  chosen: string | true,
  baseline: Baseline,
  settings: Settings,
  given: Given,
): Promise<void> {
  const size = settings.size ?? TILE_SIZE;
  const job = await prepareJob(path, { ...baseline, size }, settings, given);
  const { picture, recipe, mask } = job;
  const tiles = planTiles(job.model, chosenLayers(job, chosen, settings), {
    ...{ picture, recipe, mask, deepLayers: settings.deepLayers },
  });
  const output = await chooseOutput(settings.output, [job.stem, 'sheet'], job.read);
  const notices = [
    ...job.notices,
    ...noticesOf(tiles),
    // A sheet is never transparent, whatever its format.
    ...formatNotices(output, { picture: {}, recipe }, settings),
  ];
  for (const notice of notices) noteTo(process.stderr, notice, settings);
  const sheet = composeSheet(await dreamTiles(job, tiles, settings));
  const { quality } = settings;
  const options = { format: output.format, ...(quality === undefined ? {} : { quality }) };
  await writeFileAtomically(output.path, await encodePicture(sheet, options));
  const { columns, rows } = sheet;
  const layers = tiles.map(({ layer }) => layer);
  const told = { layers, notices: [...notices, ...job.engineNotices] };
  if (settings.json) {
    process.stdout.write(`${JSON.stringify({ output: output.path, columns, rows, ...told })}\n`);
  } else if (!settings.quiet) {
    const count = layers.length === 1 ? '1 layer' : `${layers.length} layers`;
    process.stdout.write(`wrote ${output.path} (${columns}×${rows}, ${count})\n`);
  }
}

function chosenLayers({ model }: Job, chosen: string | true, settings: Settings): string[] {
  if (chosen !== true && chosen !== 'all') return chosen.split(',').map((layer) => layer.trim());
  const layers =
    chosen === 'all' ? distinctLayers(model, settings.deepLayers) : [...model.layersWorthDreaming];
  return layers.length > 0 ? layers : [model.defaultLayer];
}

/** Most steps times pixels of a tile that is sooner done by a network that is sooner ready. */
const BRIEF = 250_000;

function isBrief({ sizes, steps }: TilePlan['plan']): boolean {
  return pixelSteps(sizes, steps) <= BRIEF;
}

function dreamTiles(job: Job, tiles: readonly TilePlan[], settings: Settings): Promise<Tile[]> {
  return withInterrupt(async (signal) => {
    const done: Tile[] = [{ label: ORIGINAL, image: job.picture.image }];
    const { engine: usual } = job.engine;
    const brief = briefly(usual);
    for (const { layer, plan } of tiles) {
      const title = `${layer} (${done.length} of ${tiles.length})`;
      const { quiet } = settings;
      const engine = isBrief(plan) ? brief : usual;
      const options = { engine, title, quiet, signal };
      done.push({ label: layer, image: (await watch(plan, options)).image });
    }
    return done;
  });
}
