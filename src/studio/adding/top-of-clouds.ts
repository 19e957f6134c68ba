/** A first look: what a network says of the clouds that come with the program. */
import { readPicture } from '../../dream/picture.ts';
import type { Compiler } from '../../engines/program.ts';
import { survey } from '../../engines/survey.ts';
import { slice } from '../../graph/graph.ts';
import { weightsOf } from '../../importers/weights.ts';
import { logitsOf, probabilitiesOf } from '../../objectives/logits.ts';
import type { ClassShare } from '../evidence.ts';
import { CLOUDS } from '../intake/task.ts';
import type { ModelFile } from '../model-file.ts';
import { withPicture } from '../picture-input.ts';
import { shownBy } from '../shown.ts';
import { seenIn, shownView } from '../views.ts';
import type { Subject } from './input-way.ts';

const TOP = 5;

interface Looking extends Subject {
  readonly description: ModelFile;
  readonly classes: number | null;
}

/** The most probable classes, best first; none where the network has no classes. */
export async function topOfClouds(
  { imported, size, description, classes }: Looking,
  compiler: Compiler,
): Promise<ClassShare[]> {
  if (classes === null) return [];
  const graph = withPicture(imported.graph, description.input);
  const { node, squash } = logitsOf(graph, imported.output);
  await imported.weights.ready(weightsOf(slice(graph, [node])));
  const { image } = await readPicture(CLOUDS, { maxSide: 2 * Math.max(size.rows, size.columns) });
  const seen = seenIn(image, shownView(image, size, shownBy(description.input)), size);
  const [found] = await survey(compiler, graph, [node], [seen]);
  return probabilitiesOf(found!.get(node)!.data, squash)
    .map((probability, index) => ({ label: description.labels[index] ?? `${index}`, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}
