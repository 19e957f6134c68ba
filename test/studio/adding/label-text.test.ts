import { describe, expect, it } from 'vitest';
import { parseLabels } from '../../../src/studio/adding/label-text.ts';

describe('labels', () => {
  it.each<[string, string, string[]]>([
    ['one a line', 'cat\r\ndog\n\n', ['cat', 'dog']],
    ['numbered lines', '0 cat\n1 guide dog\n', ['cat', 'guide dog']],
    ['lines numbered from one', '1: cat\n2: dog', ['cat', 'dog']],
    ['numbers with commas', '0,cat\n1,dog', ['cat', 'dog']],
    ['names that begin with digits', '747\n320', ['747', '320']],
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    ['objects with names', '[{"name": "cat", "id": 7}, {"label": "dog"}]', ['cat', 'dog']],
    ['names by number', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    [
      'ImageNet',
      '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}',
      ['tench', 'goldfish'],
    ],
    ['numbers by name', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    [
      'Teachable Machine',
      '{"modelName": "x", "labels": ["cat", "dog"], "imageSize": 224}',
      ['cat', 'dog'],
    ],
    ['a Python dictionary', "{0: 'cat', 1: \"dog's\"}", ['cat', "dog's"]],
    ['a Python list', "['cat', 'dog']", ['cat', 'dog']],
    ['Hugging Face', '{"id2label": {"0": "cat", "1": "dog"}, "hidden_size": 8}', ['cat', 'dog']],
    ['a byte order mark', '\uFEFFcat\ndog', ['cat', 'dog']],
  ])('%s', (_, text, labels) => {
    expect(parseLabels(text)).toEqual(labels);
  });

  it.each([
    ['nothing', '\n\n'],
    ['numbers that leave one out', '{"0": "cat", "2": "dog"}'],
    ['two names of one number', '{"cat": 0, "dog": 0}'],
    ['something else', '{"learning_rate": "fast"}'],
    ['a book', 'x'.repeat(5000)],
  ])('are not %s', (_, text) => {
    expect(parseLabels(text)).toBeNull();
  });

  it('keep no signs that steer terminals', () => {
    expect(parseLabels('c\u001b[31mat\ndog')).toEqual(['c [31mat', 'dog']);
  });
});
