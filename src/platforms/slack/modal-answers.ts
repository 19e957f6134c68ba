/** What was filled into a form. */
import type { ViewOutput } from '@slack/bolt';
import type { SimpleCommand } from '../../chat/command.ts';
import type { Option, Options, RawValue } from '../../chat/option.ts';
import { checkValues } from '../../chat/values.ts';
import { DreamError } from '../../kit/errors.ts';
import { attachmentOf } from './files.ts';
import { ACTION_ID } from './modal.ts';

type Answers = Readonly<Record<string, RawValue>>;

/** By option; what was left empty is absent. */
export function answersOf({ options }: SimpleCommand, view: ViewOutput): Answers {
  const { values } = view.state;
  const answers = Object.keys(options).flatMap((name) => {
    const answer = values[name]?.[ACTION_ID];
    const value = answer && valueOf(options[name]!, answer);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(answers);
}

type Answer = ViewOutput['state']['values'][string][string];

function valueOf(option: Option, answer: Answer): RawValue | undefined {
  switch (option.kind) {
    case 'switch':
      return (answer.selected_options ?? []).length > 0;
    case 'picture':
    case 'file': {
      const [file] = answer.files ?? [];
      return file && attachmentOf(file);
    }
    default:
      return answer.selected_option?.value ?? answer.value ?? undefined;
  }
}

/** By option, what is wrong with its answer; Slack shows each beneath its field. */
export function faultsIn(options: Options, answers: Answers): Record<string, string> {
  const faults = Object.entries(options).flatMap(([name, option]) => {
    const fault = faultOf(name, option, answers[name]);
    return fault === null ? [] : [[name, fault] as const];
  });
  return Object.fromEntries(faults);
}

function faultOf(name: string, option: Option, answer: RawValue | undefined): string | null {
  const picture = option.kind === 'picture' && typeof answer === 'object';
  if (picture && answer.contentType?.startsWith('image/') === false) {
    return `Expected a picture, found ${answer.contentType}.`;
  }
  try {
    checkValues({ [name]: option }, answer === undefined ? {} : { [name]: answer });
    return null;
  } catch (error) {
    if (!(error instanceof DreamError)) throw error;
    const { message, hint } = error;
    return hint === undefined ? message : `${message}. ${hint}`;
  }
}
