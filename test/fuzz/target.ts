/** The process in which damaged files are read: all that is done with a stranger's network but running it. */
import { importModel } from '../../src/importers/index.ts';
import { DreamError } from '../../src/kit/errors.ts';
import type { Brought } from '../../src/studio/adding/brought.ts';
import { findCandidates } from '../../src/studio/adding/candidates.ts';
import { checkNumbers } from '../../src/studio/adding/check-numbers.ts';
import { findLabels } from '../../src/studio/adding/labels.ts';
import { openBest } from '../../src/studio/adding/opening.ts';
import { classesOf, subjectOf } from '../../src/studio/adding/subject.ts';
import { layersWorth } from '../../src/studio/adding/worth.ts';
import { withPicture } from '../../src/studio/picture-input.ts';
import type { Attempt, Outcome } from './messages.ts';

async function read({ files, network }: Attempt): Promise<void> {
  const brought: Brought = {
    ...{ place: 'the fuzzer', names: Object.keys(files), chosen: network },
    size: (name) => Promise.resolve(files[name]!.length),
    read: (name) => Promise.resolve(files[name]!),
    copy: () => Promise.reject(new Error('expected that nothing is kept')),
  };
  const [candidate] = await findCandidates(brought);
  const { imported } = await openBest(brought, [candidate!]);
  const { format } = candidate!;
  const subject = subjectOf(imported, undefined, { format, names: brought.names, notes: {} });
  const classes = classesOf(subject);
  await findLabels(brought, candidate!, classes);
  await checkNumbers(imported);
  const graph = withPicture(imported.graph, { range: [-1, 1], channelOrder: 'rgb' });
  layersWorth(graph, imported.output, subject.size);
}

async function outcomeOf(attempt: Attempt): Promise<Outcome> {
  let kind: Outcome['kind'] = 'read';
  let words = '';
  try {
    await read(attempt);
  } catch (error) {
    kind = error instanceof DreamError ? 'refused' : 'crashed';
    words = error instanceof DreamError ? error.message : ((error as Error).stack ?? String(error));
  }
  return { kind, words, maxRss: process.resourceUsage().maxRSS * 1024 };
}

process.on('disconnect', () => process.exit());
process.on('message', (attempt: Attempt) => {
  void outcomeOf(attempt).then((outcome) => process.send!(outcome));
});
// What the imports themselves take is not the files' doing.
await importModel(
  { bytes: new Uint8Array() },
  { names: [], read: () => Promise.reject(new Error()) },
).catch(() =>
  process.send!({ kind: 'refused', words: '', maxRss: process.resourceUsage().maxRSS * 1024 }),
);
