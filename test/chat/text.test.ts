import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { parseCommandText } from '../../src/chat/text.ts';

const parse = (text: string) => parseCommandText(text, commands);

describe('commands as typed', () => {
  it.each([
    ['/dream layer:mixed5 octaves:4', { layer: 'mixed5', octaves: '4' }],
    ['/dream octaves:4 layer:mixed5', { layer: 'mixed5', octaves: '4' }],
    ['dream layer: mixed5', { layer: 'mixed5' }],
    ['/DREAM Layer=mixed5 STEPS:20', { layer: 'mixed5', steps: '20' }],
    ['/dream layer:"mixed4:139 + mixed5"', { layer: 'mixed4:139 + mixed5' }],
    ['/dream layer:“mixed4 + mixed5” steps:3', { layer: 'mixed4 + mixed5', steps: '3' }],
    ['/dream mixed5', { layer: 'mixed5' }],
    ['/dream mixed4:139', { layer: 'mixed4:139' }],
    ['/dream layer:mixed4:139', { layer: 'mixed4:139' }],
    ['/dream mixed4 + mixed5 steps:3', { layer: 'mixed4 + mixed5', steps: '3' }],
    ['/dream layer mixed5 octaves 4', { layer: 'mixed5', octaves: '4' }],
    ['/dream --layer=mixed5', { layer: 'mixed5' }],
    ['  /dream   ', {}],
    ['/dream layer:""', { layer: '' }],
    ['/cancel all', { all: 'yes' }],
    ['/dream constructor mixed5', { layer: 'constructor mixed5' }],
    ['/dream steps 3 __proto__ x', { steps: '3', layer: '__proto__ x' }],
    ['/help /dream', { command: '/dream' }],
    ['/dream mixed5 mask', { layer: 'mixed5', mask: '' }],
    ['/dream class:mask mask steps 3', { class: 'mask', mask: '', steps: '3' }],
    ['/dream layer:mixed3:0.5, mixed5:2 steps:3', { layer: 'mixed3:0.5, mixed5:2', steps: '3' }],
    ['/dream mixed3:0.5, mixed5:2', { layer: 'mixed3:0.5, mixed5:2' }],
    ['/dream mixed3, steps 3', { layer: 'mixed3,', steps: '3' }],
    ['/dream mixed3, size:300', { layer: 'mixed3,', size: '300' }],
    ['/contest vote 3, 1', { entries: '3, 1' }],
    ['/contest export results-csv', { format: 'results-csv' }],
    ['/contest export Soft clouds', { contest: 'Soft clouds' }],
    ['/contest start ranked', { theme: 'ranked' }],
  ])('%s', (text, values) => {
    expect(parse(text).values).toEqual(values);
  });

  it('finds subcommands', () => {
    expect(parse('/models show mobilenet_v2')).toEqual({
      command: 'models',
      subcommand: 'show',
      values: { model: 'mobilenet_v2' },
    });
  });

  it('takes a command of several parts by itself for the question how to begin', () => {
    expect(parse('/contest')).toEqual({ command: 'contest', values: {} });
  });

  it.each([
    ['/draem', 'unknown-command', 'nearest: /dream'],
    ['', 'unknown-command', 'expected one of /dream'],
    ['/models shw', 'unknown-command', 'nearest: /models show'],
    ['/dream layr:mixed4', 'bad-option', "did you mean 'layer'"],
    ['/layers size:100', 'bad-option', "no option 'size' here"],
    ['/dream steps:3 steps:4', 'bad-option', 'steps is given twice'],
    ['/dream layer:', 'bad-option', 'layer has no value'],
    ['/dream mixed5 steps:', 'bad-option', 'steps has no value'],
    ['/queue now', 'bad-option', "'now' is not an option"],
  ])('%s is refused', (text, code, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('names nothing as the nearest that is far', () => {
    expect(() => parse('/contest list')).toThrow(/^there is no command \/contest list$/);
  });

  it('takes any text, or refuses it in words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const { values } = parse(`/dream ${text}`);
          expect(Object.values(values).every((value) => typeof value === 'string')).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DreamError' });
        }
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it('reads what it is given in quotes, in any order', () => {
    const value = fc.stringMatching(/^[a-z0-9 +:.]{1,20}$/);
    fc.assert(
      fc.property(value, value, fc.boolean(), (layer, model, swap) => {
        const parts = [`layer:"${layer}"`, `model:"${model}"`];
        if (swap) parts.reverse();
        expect(parse(`/dream ${parts.join(' ')}`).values).toEqual({ layer, model });
      }),
      { seed: 8 },
    );
  });
});
