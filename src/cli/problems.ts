/** What is wrong with an option, in words: its name, what was expected, what was found. */
import type * as z from 'zod';
import { DreamError } from '../kit/errors.ts';

/**
 * `value` by `schema`, whose fields are named like the options.
 * @param given what stood on the command line, for the message.
 * @throws DreamError 'bad-option'
 */
export function checkedOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  given: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = String(issue.path[0]);
  throw new DreamError(
    'bad-option',
    `${flagOf(field)}: expected ${expectedBy(issue)}; got '${String(given[field])}'`,
    'npm run dream -- --help describes every option.',
  );
}

/** octaveScale → --octave-scale */
export function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function expectedBy(issue: z.core.$ZodIssue): string {
  const part = issue.path.slice(1).map((step) => (typeof step === 'number' ? step + 1 : step));
  return part.length > 0 ? `${expectation(issue)} for its '${part.join('.')}'` : expectation(issue);
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array') return 'two numbers';
      if (issue.origin === 'string') return 'a text that is not empty';
      return `${nounOf(issue.origin)} ${issue.inclusive === false ? 'above' : 'of at least'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return 'two numbers';
      return `${nounOf(issue.origin)} ${issue.inclusive === false ? 'below' : 'of at most'} ${issue.maximum}`;
    case 'invalid_type':
      return nounOf(issue.expected);
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return 'fewer numbers';
    default:
      return issue.message;
  }
}

function nounOf(kind: string): string {
  const nouns: Readonly<Record<string, string>> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a text',
    array: 'two numbers',
    tuple: 'two numbers',
    object: 'two numbers',
  };
  return nouns[kind] ?? kind;
}
