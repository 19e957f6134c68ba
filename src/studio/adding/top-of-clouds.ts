/** A first look: what a network says of the clouds that come with the program. */
import { readPicture } from '../../dream/picture.ts';
import { sample } from '../../dream/windows/sample.ts';
import { wholeWindow } from '../../dream/windows/window.ts';
import type { GradientEngine } from '../../engines/engine.ts';
import { weightsOf } from '../../importers/weights.ts';
import { slice } from '../../graph/graph.ts';
import { classReader, labelsOf } from '../classes.ts';
import type { Classifier } from '../classes.ts';
import type { ClassShare } from '../evidence.ts';
import { CLOUDS } from '../intake.ts';
import type { ModelFile } from '../model-file.ts';
import { withPicture } from '../picture-input.ts';
import type { Subject } from './input-way.ts';

const TOP = 5;

interface Looking extends Subject {
  readonly description: ModelFile;
  readonly classes: number | null;
}

/** The most probable classes, best first; none where the network has no classes. */
export async function topOfClouds(
  { imported, size, description, classes }: Looking,
  engine: GradientEngine,
): Promise<ClassShare[]> {
  if (classes === null) return [];
  const classifier = withPicture(imported.graph, description.input);
  const model: Classifier = {
    ...{ name: description.title, classifier, output: imported.output },
    ...{ labels: description.labels, dreamableClasses: true },
    inputSize: [size.rows, size.columns],
    ready: (nodes) => imported.weights.ready(weightsOf(slice(classifier, nodes))),
  };
  const { image } = await readPicture(CLOUDS, { maxSide: 1024 });
  const reader = await classReader(model, engine);
  try {
    const found = await reader.probabilities(sample(image, wholeWindow(image), size));
    const labels = labelsOf(model);
    return found
      .map((probability, index) => ({ label: labels[index]!, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, TOP);
  } finally {
    await reader.dispose();
  }
}
