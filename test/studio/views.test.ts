/** What a model is shown of a picture of another shape. */
import { describe, expect, it } from 'vitest';
import { modelFileSchema } from '../../src/studio/model-file.ts';
import { asSaid, parseShown, shownBy, shownTitle } from '../../src/studio/shown.ts';
import { shownPart, viewsOf, viewWords } from '../../src/studio/views.ts';

const photo = { rows: 427, columns: 640 };
const size = { rows: 224, columns: 224 };
const whole = { part: 'whole', share: 1 } as const;
const middle = { part: 'middle', share: 1 } as const;
const place = { row: 0.5, column: 0.5, height: 0.2, width: 0.2 };

describe('the part that a program shows', () => {
  it.each([
    [photo, size, undefined, { row: 0, column: 0, ...photo }],
    [photo, size, whole, { row: 0, column: 0, ...photo }],
    [photo, size, middle, { row: 0, column: 106, rows: 427, columns: 427 }],
    [{ rows: 640, columns: 427 }, size, middle, { row: 106, column: 0, rows: 427, columns: 427 }],
    [photo, size, { ...middle, share: 0.875 }, { row: 26, column: 133, rows: 374, columns: 374 }],
    [photo, { rows: 50, columns: 100 }, middle, { row: 53, column: 0, rows: 320, columns: 640 }],
    [{ rows: 1, columns: 9 }, size, middle, { row: 0, column: 4, rows: 1, columns: 1 }],
  ])('of %j to a network of %j as %j is %j', (picture, network, shown, part) => {
    expect(shownPart(picture, network, shown)).toEqual(part);
  });
});

describe('views', () => {
  const names = (picture: typeof photo, ...[options]: [Parameters<typeof viewsOf>[2]]): string[] =>
    viewsOf(picture, size, options).map(({ name }) => name);

  it('are both where nobody knows, and the one that the program shows where it is known', () => {
    expect(names(photo, { place: null, shown: undefined })).toEqual(['whole', 'middle']);
    expect(names(photo, { place: null, shown: whole })).toEqual(['whole']);
    expect(names(photo, { place: null, shown: middle })).toEqual(['middle']);
    expect(names(photo, { place, shown: undefined })).toEqual(['place', 'whole', 'middle']);
    expect(names(photo, { place, shown: middle })).toEqual(['place', 'middle']);
    expect(names(size, { place: null, shown: undefined })).toEqual(['whole']);
    expect(names(size, { place: null, shown: middle })).toEqual(['whole']);
  });

  it('are told in words', () => {
    const seen = { size, stretched: true };
    expect(viewWords('middle', seen)).toBe('its middle square');
    expect(viewWords('whole', seen)).toBe('all of it, stretched to 224×224');
    expect(viewWords('middle', { ...seen, shown: middle })).toBe(
      'its middle square, as its program shows it',
    );
    expect(viewWords('middle', { ...seen, shown: { ...middle, share: 227 / 256 } })).toBe(
      'the inner 89 % of its middle square, as its program shows it',
    );
    expect(viewWords('place', { ...seen, shown: middle })).toBe('the place where it grew');
  });
});

describe('a model.json', () => {
  const described = (input: object) =>
    modelFileSchema.safeParse({
      ...{ title: 't', licence: 'CC0', defaultLayer: 'l', source: { file: 'f' } },
      input: { range: [0, 1], ...input },
    });

  it('need not say it', () => {
    expect(shownBy(described({}).data!.input)).toBeUndefined();
    expect(shownTitle(undefined)).toBe('not known');
    expect(described({ shown: 'left' }).success).toBe(false);
    expect(described({ shown: 'middle', middleShare: 0 }).success).toBe(false);
  });

  it.each([whole, middle, { ...middle, share: 0.875 }])('says %j', (shown) => {
    const { data } = described(asSaid(shown));
    expect(shownBy(data!.input)).toEqual(shown);
  });
});

it.each([
  ['whole', whole],
  [' middle ', middle],
  ['middle,0.875', { ...middle, share: 0.875 }],
  ['middle,.5', { ...middle, share: 0.5 }],
  ['middle,1', middle],
  ['middle,0.0', null],
  ['middle,1.5', null],
  ['whole,0.5', null],
  ['left', null],
  ['', null],
])("'%s' is read as %j", (text, shown) => {
  expect(parseShown(text)).toEqual(shown);
});
