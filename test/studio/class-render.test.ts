/** Dreams of a class, from a classifier and words to pictures and evidence. */
import { describe, expect, it } from 'vitest';
import { classRecipe } from '../../src/dream/class-recipes.ts';
import { cropped, pasted } from '../../src/dream/crop.ts';
import type { Image } from '../../src/dream/image.ts';
import { psnr } from '../../src/dream/perturb/compare.ts';
import { encodePicture, readPicture } from '../../src/dream/picture.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { labelsOf } from '../../src/studio/classes.ts';
import { gatherEvidence } from '../../src/studio/evidence.ts';
import type { Evidence } from '../../src/studio/evidence.ts';
import { planRender } from '../../src/studio/render.ts';
import type { RenderRequest } from '../../src/studio/render.ts';
import { drawn, seededPicture } from '../helpers/planes.ts';
import { tinyClassifier } from '../helpers/tiny-classifier.ts';

const engine = onnxEngine({ threads: 1 });
const model = tinyClassifier();
const image = seededPicture(40, 60, 11);
image.data.forEach((value, index) => (image.data[index] = Math.round(value)));
const picture = { image, originalRows: 40, originalColumns: 60 };
const recipe: Recipe = { ...classRecipe, octaves: 2, steps: 8, stepSize: 3 };

interface Dreamt {
  readonly image: Image;
  readonly evidence: Evidence;
}

async function dreamt(
  changes: Partial<Recipe>,
  options: { model?: Model; mask?: Image } = {},
): Promise<Dreamt> {
  const { model: dreamer = model, ...request } = options;
  const plan = planRender(dreamer, { picture, recipe: { ...recipe, ...changes }, ...request });
  const frames = plan.run(engine);
  const curve: number[] = [];
  for (;;) {
    const next = await frames.next();
    if (next.done) {
      const saved = await encodePicture(next.value, { format: 'png' });
      const { image: after } = await readPicture(saved);
      const words = changes.class!;
      const evidence = await gatherEvidence(dreamer, engine, {
        words,
        before: image,
        after,
        curve,
      });
      return { image: after, evidence };
    }
    expect(next.value.step).toBeLessThanOrEqual(plan.steps);
    curve.push(next.value.score);
  }
}

describe('a class', () => {
  it.each([0, 1, 2].map((index) => [labelsOf(model)[index]!]))(
    '%s is made to appear in a picture of any size, and stays when it is moved',
    async (label) => {
      const { evidence } = await dreamt({ class: label, keep: 0 });
      const [target] = evidence.targets;
      expect(target!.label).toBe(label);
      expect(target!.probability).toBeGreaterThan(0.9);
      expect(target!.shifted).toBeGreaterThan(0.7);
      expect(evidence.curve.at(-1)!).toBeGreaterThan(evidence.curve[0]!);
      expect(evidence.after[0]!.label).toBe(label);
    },
  );

  it('goes, where its weight is negative', async () => {
    const { evidence: seen } = await dreamt({ class: 'cat', steps: 1 });
    const { label } = seen.before[0]!;
    const { evidence } = await dreamt({ class: `not ${label}` });
    expect(evidence.targets[0]!.probability).toBeLessThan(0.1);
    expect(evidence.targets[0]!.before).toBe(seen.before[0]!.probability);
  });

  it('of two whose scores stand alone rises without the other', async () => {
    const alone = tinyClassifier({ squash: 'sigmoid', labels: ['no', 'yes'], scores: 1 });
    for (const label of ['no', 'yes']) {
      const { evidence } = await dreamt({ class: label, keep: 0 }, { model: alone });
      expect(evidence.targets[0]!.probability).toBeGreaterThan(0.9);
    }
  });

  it('grows in a place alone, or where a mask allows it', async () => {
    const changed = ({ image: after }: Dreamt): number =>
      after.data.filter((value, index) => value !== image.data[index]).length / after.data.length;
    const everywhere = changed(await dreamt({ class: 'cat' }));
    const placed = changed(await dreamt({ class: 'cat', place: true }));
    expect(everywhere).toBeGreaterThan(0.8);
    expect(placed).toBeGreaterThan(0.02);
    expect(placed).toBeLessThan(0.5);
    const mask = drawn(4, 6, (row) => (row < 2 ? 255 : 0));
    const { image: after } = await dreamt({ class: 'cat' }, { mask });
    const lastRow = 39 * 60;
    expect(after.data.slice(lastRow, lastRow + 60)).toEqual(
      image.data.slice(lastRow, lastRow + 60),
    );
  });

  it('comes out of noise', async () => {
    const noise = { from: 'noise', fourier: true, steps: 40, stepSize: 1 } as const;
    const { evidence } = await dreamt({ class: 'dog', ...noise });
    expect(evidence.targets[0]!.probability).toBeGreaterThan(0.9);
  });

  it('is said after a small change, the smaller the less is asked for', async () => {
    const { evidence, image: after } = await dreamt({ class: 'cat', perturb: true });
    const dream = await dreamt({ class: 'cat' });
    expect(evidence.after[0]!.label).toBe('cat');
    expect(evidence.before[0]!.label).not.toBe('cat');
    expect(psnr(image, after)).toBeGreaterThan(psnr(image, dream.image));
    expect((await dreamt({ class: 'cat', strength: 0 })).image).toEqual(after);
    const [faint, strong] = [0.2, 0.7].map((strength) => dreamt({ class: 'cat', strength }));
    expect(psnr(image, (await faint!).image)).toBeGreaterThan(psnr(image, (await strong!).image));
  });
});

describe('a class of a model whose program shows it the middle', () => {
  const shown: Model = { ...model, input: { ...model.input, shown: 'middle' } };
  const part = { row: 0, column: 10, rows: 40, columns: 40 };
  const square = (of: Image): Image => cropped(of, part);
  const around = (of: Image): Image =>
    pasted(
      of,
      part,
      drawn(40, 40, () => 0),
    );

  it.each<[string, Partial<Recipe>]>([
    ['cat', { perturb: true }],
    ['cat', { perturb: true, attack: 'pgd' }],
    ['not me', { perturb: true }],
  ])('%s is said after a small change of that alone: %j', async (words, changes) => {
    const { image: after, evidence } = await dreamt({ class: words, ...changes }, { model: shown });
    expect(evidence).toMatchObject({ view: 'middle', others: [], shown: { part: 'middle' } });
    expect(evidence.before[0]!.label).toBe('me');
    expect(evidence.after[0]!.label).not.toBe('me');
    expect(around(after)).toEqual(around(image));
    expect(evidence.psnr).toBeCloseTo(psnr(image, after), 9);

    const alone = { words, before: square(image), after: square(after), curve: [] };
    const { targets } = await gatherEvidence(model, engine, alone);
    expect(evidence.targets[0]!.probability).toBe(targets[0]!.probability);
  });

  it('grows in a place within it', async () => {
    const { image: after } = await dreamt({ class: 'cat', place: true }, { model: shown });
    expect(square(after)).not.toEqual(square(image));
    const blurred = around(after).data.map((value, index) => value - around(image).data[index]!);
    expect(blurred.filter((value) => value !== 0).length / blurred.length).toBeLessThan(0.02);
  });

  it('appears in it', async () => {
    const { evidence } = await dreamt({ class: 'cat', keep: 0 }, { model: shown });
    expect(evidence.targets[0]!.probability).toBeGreaterThan(0.9);
    expect(evidence.view).toBe('middle');
  });
});

describe('a plan', () => {
  const plan = (changes: Partial<Recipe>, request: Partial<RenderRequest> = {}) =>
    planRender(model, { picture, recipe: { ...recipe, ...changes }, ...request });

  it.each<[Partial<Recipe>, string, string]>([
    [{ class: 'dogs' }, 'unknown-class', "no class is named 'dogs'; nearest: dog"],
    [{ class: 'cat,dog', perturb: true }, 'bad-option', 'towards a single class'],
    [{ class: 'cat', perturb: true, place: true }, 'bad-option', 'of all that the model is shown'],
    [{ class: 'cat', attack: 'pgd' }, 'bad-option', "'attack' is for --perturb alone"],
    [{ place: true }, 'bad-option', "'place' is for dreams of a class"],
    [{ strength: 0.5 }, 'bad-option', "'strength' is for dreams of a class"],
  ])('refuses %j', (changes, code, message) => {
    expect(() => plan(changes)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('says that a black mask lets nothing happen', () => {
    const notices = (value: number): readonly string[] =>
      plan({ class: 'cat' }, { mask: drawn(4, 6, () => value) }).notices;
    expect(notices(0)).toEqual([expect.stringContaining('black everywhere')]);
    expect(notices(40)).toEqual([]);
  });

  it('refuses a mask for the smallest change', () => {
    const mask = picture.image;
    expect(() => plan({ class: 'cat', strength: 0 }, { mask })).toThrow('without a mask');
  });

  it('refuses the classes of a model that are not to be dreamed of, in words', async () => {
    const screening = await loadModel('mobilenet_v2');
    for (const words of ['Drawing', '0', 'not Drawing', 'nobody']) {
      const request = { picture, recipe: { ...recipe, class: words } };
      expect(() => planRender(screening, request)).toThrow(
        expect.objectContaining({
          code: 'not-allowed',
          message: expect.stringContaining('never for dreaming of them') as string,
        }),
      );
    }
  });

  it('says what is climbed, and takes a class by its number where there are no labels', () => {
    expect(plan({ class: 'cat:2,dog:-1' }).formula).toBe(
      '2·(logit(cat) − 0.5·others) − (logit(dog) − 0.5·others)',
    );
    const unnamed = { ...model, labels: [] };
    const request = { picture, recipe: { ...recipe, class: '2' } };
    expect(planRender(unnamed, request).formula).toBe('(logit(2) − 0.5·others)');
  });

  it.each<Partial<Recipe>>([{}, { place: true }, { perturb: true }, { fourier: true }])(
    'ends within a step when it is cancelled: %j',
    async (changes) => {
      const controller = new AbortController();
      const frames = plan({ class: 'cat', ...changes }).run(engine, controller.signal);
      expect((await frames.next()).done).toBe(false);
      controller.abort();
      await expect(frames.next()).rejects.toMatchObject({ code: 'cancelled' });
    },
  );
});

describe('evidence', () => {
  it('of a picture that did not change', async () => {
    const words = 'dog:2,cat:-1';
    const request = { words, before: image, after: image, curve: [1, 2] };
    const evidence = await gatherEvidence(model, engine, request);
    const [dog, cat] = evidence.targets;
    expect([dog!.label, dog!.weight, cat!.label, cat!.weight]).toEqual(['dog', 2, 'cat', -1]);
    expect(dog!.before).toBe(dog!.probability);
    expect(evidence.before).toEqual(evidence.after);
    const total = evidence.before.reduce((sum, { probability }) => sum + probability, 0);
    expect(total).toBeCloseTo(1, 5);
    expect(evidence).toMatchObject({ psnr: null, curve: [1, 2], views: 20 });
    const probabilities = evidence.before.map(({ probability }) => probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
  });

  it('of a picture of another shape tells what was shown, and what its middle gives', async () => {
    // Red in the middle, blue at both ends.
    const after = drawn(40, 60, (_row, column, plane) =>
      plane === (column >= 8 && column < 52 ? 0 : 2) ? 150 : 100,
    );
    const request = { words: 'cat', before: image, after, curve: [] };
    const evidence = await gatherEvidence(model, engine, request);
    const square = drawn(40, 40, (_row, _column, plane) => (plane === 0 ? 150 : 100));
    const alone = await gatherEvidence(model, engine, {
      ...request,
      before: square,
      after: square,
    });
    expect(evidence).toMatchObject({ stretched: true, size: { rows: 12, columns: 12 } });
    expect(evidence.others.map(({ view }) => view)).toEqual(['middle']);
    const middle = evidence.others[0]!.targets[0]!;
    expect(middle.probability).toBeCloseTo(alone.targets[0]!.probability, 5);
    expect(middle.probability).not.toBeCloseTo(evidence.targets[0]!.probability, 3);
    expect(alone).toMatchObject({ stretched: false, others: [] });

    const input = { ...model.input, shown: 'middle' as const };
    const known = await gatherEvidence({ ...model, input }, engine, request);
    expect(known.targets[0]!.probability).toBe(middle.probability);
    expect(known).toMatchObject({ view: 'middle', others: [], stretched: true });
    const whole = { ...model, input: { ...input, shown: 'whole' as const } };
    const { targets, others } = await gatherEvidence(whole, engine, request);
    expect(targets).toEqual(evidence.targets);
    expect(others).toEqual([]);
  });

  it('of a class in a place has the whole picture beside it', async () => {
    const request = { words: 'cat', place: true, before: image, after: image, curve: [] };
    const placed = await gatherEvidence(model, engine, request);
    expect(placed.others.map(({ view }) => view)).toEqual(['whole', 'middle']);
    const whole = await gatherEvidence(model, engine, { ...request, place: false });
    expect(placed.others[0]!.targets[0]!.before).toBe(whole.targets[0]!.before);
    expect(placed.targets[0]!.before).not.toBe(whole.targets[0]!.before);
  });

  it('of one colour is the same however it is shifted', async () => {
    const plain = drawn(40, 60, (_row, _column, plane) => 60 * (plane + 1));
    const request = { words: 'me', before: image, after: plain, curve: [] };
    const { targets, psnr: distance } = await gatherEvidence(model, engine, request);
    expect(targets[0]!.shifted).toBeCloseTo(targets[0]!.probability, 4);
    expect(distance).toBeCloseTo(psnr(image, plain), 9);
  });
});
