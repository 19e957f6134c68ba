import { describe, expect, it } from 'vitest';
import { advise } from '../../../src/platforms/web/page/suggest.ts';
import type { Advice } from '../../../src/platforms/web/page/suggest.ts';
import { commandsOnWire } from '../../../src/platforms/web/snapshot.ts';
import { SAMPLE_COMMANDS } from '../../helpers/web-chat.ts';

const commands = commandsOnWire(SAMPLE_COMMANDS);

/** @param marked the line, with | where the caret is; at the end where there is none. */
function at(marked: string, attached: readonly string[] = []): Advice {
  const caret = marked.includes('|') ? marked.indexOf('|') : marked.length;
  return advise(marked.replace('|', ''), caret, commands, attached);
}

function labels({ items }: Advice): string[] {
  return items.map(({ label }) => label);
}

describe('suggestions', () => {
  it('are none for what is no command', () => {
    expect(labels(at(''))).toEqual([]);
    expect(labels(at('hello /'))).toEqual([]);
    expect(labels(at('/unknown la'))).toEqual([]);
  });

  it('are the commands after a slash, the fitting ones while one is typed', () => {
    expect(labels(at('/'))).toEqual(['/dream', '/queue', '/models']);
    expect(labels(at('/D'))).toEqual(['/dream']);
    expect(at('/dr').items[0]).toMatchObject({ line: '/dream ', caret: 7 });
  });

  it('leave Enter alone once a command is complete', () => {
    expect(at('/qu').eager).toBe(true);
    expect(at('/queue').eager).toBe(false);
    expect(at('/dream ').eager).toBe(false);
  });

  it.each(['constructor', '__proto__'])('know no option %s', (name) => {
    expect(labels(at(`/dream ${name}:`))).toEqual([]);
    expect(labels(at(`/dream ${name}:x layer:`))).toEqual([]);
  });

  it('are the options that are not given yet', () => {
    expect(labels(at('/dream '))).toContain('layer:');
    expect(labels(at('/dream layer:mixed5 '))).not.toContain('layer:');
    expect(labels(at('/dream ', ['picture']))).not.toContain('picture');
    expect(labels(at('/dream st'))).toEqual(['strength:']);
    expect(at('/dream st').items[0]).toMatchObject({ line: '/dream strength:', caret: 16 });
  });

  it('are parts of a command that has several, then the options of the part', () => {
    expect(labels(at('/models '))).toEqual(['list', 'show']);
    expect(labels(at('/models show '))).toEqual(['model:']);
    expect(at('/models show model:inc').question).toEqual({
      command: 'models',
      subcommand: 'show',
      option: 'model',
      text: 'inc',
      values: {},
    });
  });

  it('are the values of choices and switches', () => {
    expect(labels(at('/dream preset:'))).toEqual(['default', 'caffe', 'keras']);
    expect(labels(at('/dream preset:k'))).toEqual(['keras']);
    expect(labels(at('/dream deep:'))).toEqual(['yes', 'no']);
    expect(at('/dream preset:k').items[0]!.line).toBe('/dream preset:keras ');
  });

  it('say what a number may be', () => {
    expect(at('/dream octaves:').hint).toContain('1 to 12');
  });

  it('ask the server for a text, with the other options', () => {
    const advice = at('/dream octaves:3 layer:mix|');
    expect(advice.question).toEqual({
      command: 'dream',
      option: 'layer',
      text: 'mix',
      values: { octaves: '3' },
    });
    expect(advice.answered(['mixed4', 'two words']).map(({ line }) => line)).toEqual([
      '/dream octaves:3 layer:mixed4 ',
      '/dream octaves:3 layer:"two words" ',
    ]);
  });

  it('take a bare word for the first text', () => {
    expect(at('/dream mix').question).toMatchObject({ option: 'layer', text: 'mix' });
    expect(at('/dream mix').answered(['mixed4'])[0]!.line).toBe('/dream layer:mixed4 ');
  });

  it('change the word at the caret, and nothing behind it', () => {
    expect(at('/dream pre| layer:mixed5').items[0]).toMatchObject({
      line: '/dream preset: layer:mixed5',
      caret: 14,
    });
    expect(at('/dream preset:ca| layer:mixed5').items[0]!.line).toBe(
      '/dream preset:caffe layer:mixed5',
    );
  });

  it('see a quoted value as one', () => {
    expect(at('/dream layer:"mixed4 + mi').question).toMatchObject({ text: 'mixed4 + mi' });
  });
});
