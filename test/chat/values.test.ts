import { describe, expect, it } from 'vitest';
import type { RawValue } from '../../src/chat/option.ts';
import { checkValues } from '../../src/chat/values.ts';

const options = {
  layer: { kind: 'text', description: 'A layer', maxLength: 10 },
  style: { kind: 'choice', description: 'A style', choices: ['default', 'Caffe'] },
  octaves: { kind: 'integer', description: 'Octaves', min: 1, max: 12 },
  scale: { kind: 'number', description: 'Scale', min: 1, max: 2 },
  spoiler: { kind: 'switch', description: 'Veil' },
  picture: { kind: 'picture', description: 'A picture' },
} as const;

const needed = {
  order: { kind: 'text', description: 'Which', maxLength: 9, required: true },
} as const;

describe('values of options', () => {
  it.each<[string, RawValue, unknown]>([
    ['layer', ' mixed5 ', 'mixed5'],
    ['layer', 5, '5'],
    ['style', 'caffe', 'Caffe'],
    ['octaves', '4', 4],
    ['octaves', 4, 4],
    ['scale', '1.5', 1.5],
    ['scale', '1,5', 1.5],
    ['spoiler', 'yes', true],
    ['spoiler', 'OFF', false],
    ['spoiler', true, true],
    ['layer', '', undefined],
    ['layer', '  ', undefined],
  ])('%s: %j', (name, raw, expected) => {
    expect(checkValues(options, { [name]: raw })).toHaveProperty(name, expected);
  });

  it('takes a picture as it is', () => {
    const picture = { name: 'a.png', reference: 'x' };
    expect(checkValues(options, { picture }).picture).toEqual(picture);
  });

  it.each<[string, RawValue, string]>([
    ['layer', 'mixed5mixed5', 'layer: expected at most 10 characters, found 12'],
    ['style', 'dali', 'style: expected one of default, Caffe, found dali'],
    ['octaves', '0', 'octaves: expected a whole number from 1 to 12, found 0'],
    ['octaves', '4.5', 'octaves: expected a whole number from 1 to 12, found 4.5'],
    ['octaves', 'four', 'octaves: expected a whole number from 1 to 12, found four'],
    ['octaves', '  ', 'octaves: expected a whole number'],
    ['scale', 'NaN', 'scale: expected a number from 1 to 2, found NaN'],
    ['scale', 'Infinity', 'scale: expected a number'],
    ['spoiler', 'maybe', 'spoiler: expected yes or no, found maybe'],
    ['picture', 'a.png', 'picture is a picture to attach'],
    ['picture', '', 'picture is a picture to attach'],
    ['layer', { name: 'a', reference: 'b' }, 'layer: expected text, found a file'],
    ['__proto__x', 'a', "there is no option '__proto__x'"],
    ['toString', 'a', "there is no option 'toString'"],
  ])('%s: %j is refused', (name, raw, message) => {
    expect(() => checkValues(options, { [name]: raw })).toThrow(message);
  });

  it('asks for what is required', () => {
    expect(() => checkValues(needed, {})).toThrow('order is missing');
  });
});
