/** A class by itself, and the model that it is of. */
import { describe, expect, it } from 'vitest';
import { modelWithClass } from '../../src/studio/model-with-class.ts';

const flowers = { name: 'flowers', labels: ['daisy', 'roses', 'tulips'] };
const garden = { name: 'garden', labels: ['roses', 'weeds'] };
const numbered = { name: 'numbered', labels: [] };
const all = [flowers, garden, numbered];

describe('a class by itself', () => {
  it.each([
    ['tulips', 'flowers'],
    ['not daisy', 'flowers'],
    ['roses, weeds:-0.5', 'garden'],
  ])('%s is of %s', (words, name) => {
    expect(modelWithClass(words, all)).toBe(name);
  });

  it.each([
    ['rose', /^no class is named 'rose'; nearest: roses, /],
    ['tulips, dasy:2', /^no class is named 'dasy'; nearest: daisy, /],
    ['tulips, weeds', /^no model here has the class 'tulips, weeds'$/],
  ])('%s is of none, and what comes nearest is named', (words, message) => {
    expect(() => modelWithClass(words, all)).toThrow(
      expect.objectContaining({
        code: 'unknown-class',
        message: expect.stringMatching(message) as string,
        hint: 'Models with classes: flowers, garden, numbered.',
      }),
    );
  });

  it('that several have asks which one is meant', () => {
    const hint = 'Choose one of these models: flowers, garden.';
    expect(() => modelWithClass('roses', all)).toThrow(expect.objectContaining({ hint }));
  });

  it('is of none where all are numbered, and where there is no model with classes', () => {
    const message = "no model here has the class 'rose'";
    expect(() => modelWithClass('rose', [numbered])).toThrow(message);
    expect(() => modelWithClass('rose', [])).toThrow(message);
  });

  it('is refused as what it is where it is no words for a class', () => {
    expect(() => modelWithClass('roses:0', all)).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
  });
});
