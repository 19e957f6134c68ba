import { describe, expect, it } from 'vitest';
import { DreamError } from '../../src/kit/errors.ts';
import { MEASURES, parseObjective, parseTerms } from '../../src/objectives/parse.ts';
import fc from '../helpers/fast-check.ts';

const square = { measure: 'mean-square' } as const;

describe('an objective in words', () => {
  it.each([
    ['mixed4', [{ layer: 'mixed4', weight: 1 }], 'mean(mixed4²)'],
    ['mixed4:pre', [{ layer: 'mixed4:pre', weight: 1 }], 'mean(mixed4:pre²)'],
    ['mixed4:139', [{ layer: 'mixed4', channels: [139, 139], weight: 1 }], 'mean(mixed4[139]²)'],
    ['mixed4:0', [{ layer: 'mixed4', channels: [0, 0], weight: 1 }], 'mean(mixed4[0]²)'],
    ['mixed4:10-20', [{ layer: 'mixed4', channels: [10, 20], weight: 1 }], 'mean(mixed4[10–20]²)'],
    ['mixed4:7-7', [{ layer: 'mixed4', channels: [7, 7], weight: 1 }], 'mean(mixed4[7]²)'],
    [
      'mixed4:pre:139',
      [{ layer: 'mixed4:pre', channels: [139, 139], weight: 1 }],
      'mean(mixed4:pre[139]²)',
    ],
    ['mixed4:0.5', [{ layer: 'mixed4', weight: 0.5 }], '0.5·mean(mixed4²)'],
    ['mixed4:pre:0.5', [{ layer: 'mixed4:pre', weight: 0.5 }], '0.5·mean(mixed4:pre²)'],
    ['mixed4:-1', [{ layer: 'mixed4', weight: -1 }], '− mean(mixed4²)'],
    ['mixed4:2.0', [{ layer: 'mixed4', weight: 2 }], '2·mean(mixed4²)'],
    [
      'mixed4:139:0.5',
      [{ layer: 'mixed4', channels: [139, 139], weight: 0.5 }],
      '0.5·mean(mixed4[139]²)',
    ],
    [
      'mixed4:10-20:-2',
      [{ layer: 'mixed4', channels: [10, 20], weight: -2 }],
      '− 2·mean(mixed4[10–20]²)',
    ],
    [
      'mixed4:139,mixed5',
      [
        { layer: 'mixed4', weight: 139 },
        { layer: 'mixed5', weight: 1 },
      ],
      '139·mean(mixed4²) + mean(mixed5²)',
    ],
    [
      'mixed4:10-20,mixed5:-1',
      [
        { layer: 'mixed4', channels: [10, 20], weight: 1 },
        { layer: 'mixed5', weight: -1 },
      ],
      'mean(mixed4[10–20]²) − mean(mixed5²)',
    ],
    [
      'mixed2:0.2,mixed3:0.5,mixed4:2,mixed5:1.5',
      [
        { layer: 'mixed2', weight: 0.2 },
        { layer: 'mixed3', weight: 0.5 },
        { layer: 'mixed4', weight: 2 },
        { layer: 'mixed5', weight: 1.5 },
      ],
      '0.2·mean(mixed2²) + 0.5·mean(mixed3²) + 2·mean(mixed4²) + 1.5·mean(mixed5²)',
    ],
    [
      ' expanded_conv_3/expand/Relu6 : 3 , other ',
      [
        { layer: 'expanded_conv_3/expand/Relu6', weight: 3 },
        { layer: 'other', weight: 1 },
      ],
      '3·mean(expanded_conv_3/expand/Relu6²) + mean(other²)',
    ],
  ])('%s', (words, terms, formula) => {
    expect(parseTerms(words)).toEqual(terms);
    expect(parseObjective(words, square).describe()).toBe(formula);
  });

  it('prints its measure', () => {
    expect(parseObjective('mixed4:139,mixed5:-0.5', { measure: 'mean' }).describe()).toBe(
      '139·mean(mixed4) − 0.5·mean(mixed5)',
    );
    expect([...MEASURES].sort()).toEqual(['mean', 'mean-square']);
  });

  it.each([
    '',
    ' ',
    ',',
    'mixed4,',
    ',mixed4',
    'mixed4,,mixed5',
    ':',
    ':139',
    ':pre',
    'mixed4:',
    'mixed4::',
    'mixed4:139:',
    'mixed4:abc',
    'mixed4:NaN',
    'mixed4:Infinity',
    'mixed4:-Infinity',
    'mixed4:1e999',
    'mixed4:0.0',
    'mixed4:-0',
    'mixed4:0,mixed5',
    'mixed4:139:0',
    'mixed4:139:NaN',
    'mixed4:1.5:2',
    'mixed4:-3:2',
    'mixed4:1-2-3',
    'mixed4:1-:2',
    'mixed4:1:2:3',
    'mixed4:pre:1:2:3',
    'mixed4:pre:pre',
    'mixed4:139:pre',
  ])("'%s' is refused", (words) => {
    expect(() => parseTerms(words)).toThrow(DreamError);
    expect(failureOf(words)).toMatchObject({
      code: 'bad-option',
      hint: expect.stringContaining('mixed4:139') as string,
    });
  });

  it('quotes the part that it does not understand', () => {
    expect(failureOf('mixed4, mixed5:often').message).toContain("got 'mixed5:often'");
  });

  it('is either understood or refused with a DreamError, whatever it is', () => {
    const pieces = fc.constantFrom(
      ...['mixed4', 'a/b', ':', ',', '-', '.', '1', '139', '0', 'pre', 'e', '∞', ' ', '\n', '²'],
    );
    const soup = fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join(''));
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'grapheme' })), (words) => {
        try {
          for (const { layer, channels, weight } of parseTerms(words)) {
            expect(layer.trim()).not.toBe('');
            expect(Number.isFinite(weight) && weight !== 0).toBe(true);
            for (const channel of channels ?? []) {
              expect(Number.isInteger(channel) && channel >= 0).toBe(true);
            }
          }
          expect(parseObjective(words, square).describe()).toContain('mean(');
        } catch (error) {
          if (!(error instanceof DreamError)) throw error;
          expect(error.code).toBe('bad-option');
          refused++;
        }
      }),
      { numRuns: 1000 },
    );
    // The control: the soup holds both kinds.
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(900);
  });

  it('that one writes out is understood as it was meant', () => {
    const layer = fc.constantFrom('mixed4', 'mixed4:pre', 'a/b_c');
    const weight = fc.double({ min: -100, max: 100, noNaN: true }).filter((value) => value !== 0);
    const channels = fc
      .tuple(fc.nat(999), fc.nat(99))
      .map(([first, more]): [number, number] => [first, first + more]);
    const term = fc.record({ layer, weight, channels }, { requiredKeys: ['layer', 'weight'] });
    fc.assert(
      fc.property(fc.array(term, { minLength: 2, maxLength: 4 }), (terms) => {
        const words = terms.map(({ layer, weight, channels }) =>
          [layer, ...(channels ? [channels.join('-')] : []), weight].join(':'),
        );
        expect(parseTerms(words.join(','))).toEqual(terms);
      }),
    );
  });
});

function failureOf(words: string): DreamError {
  try {
    parseTerms(words);
  } catch (error) {
    if (error instanceof DreamError) return error;
    throw error;
  }
  throw new Error(`expected '${words}' to be refused`);
}
