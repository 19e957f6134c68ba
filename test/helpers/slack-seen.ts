/** Messages of the stand-in as people see them. */
import type { Seen } from './platform-harness.ts';
import { actionIn, elementsOf } from './slack-people.ts';
import { BOT } from './slack-workspace.ts';
import type { Json, SlackMessage, Workspace } from './slack-workspace.ts';

/**
 * What the bot has said in a channel. An answer with a picture is two messages in Slack: its file
 * in the thread, and the text with the buttons above. They are seen as one.
 */
export function seenBy(workspace: Workspace, channel: string, person: string): Seen[] {
  const said = workspace.messages.filter(
    (message) =>
      message.channel === channel &&
      message.user === BOT.user &&
      (message.only === null || message.only === person),
  );
  const answers = said.filter(({ files }) => files.length === 0);
  const seen = new Map(answers.map((message) => [message.ts, seenMessage(message)]));
  for (const { ts, files, thread } of said) {
    const file = workspace.files.get(files[0] ?? '');
    if (!file) continue;
    const answer = seen.get(answerAbove(answers, { ts, thread, name: file.name })?.ts ?? '');
    if (!answer) throw new Error(`the file ${file.name} belongs to no answer`);
    seen.set(answer.id, { ...answer, alt: file.alt, picture: file.bytes });
  }
  return [...seen.values()];
}

/** Known by its order, which buttons and file are named after; else the last one before the file. */
function answerAbove(
  answers: readonly SlackMessage[],
  { ts, thread, name }: { ts: string; thread: string | null; name: string },
): SlackMessage | undefined {
  const before = answers.filter((each) => each.ts < ts && each.only === null);
  const inThread = before.filter((each) => each.thread === thread || each.ts === thread);
  const ofOrder = inThread.filter((each) =>
    elementsOf(each).some((element) => name.includes(actionIn(element).split(':')[1] ?? ' ')),
  );
  return ofOrder.at(-1) ?? inThread.at(-1);
}

function seenMessage({ ts, blocks, only }: SlackMessage): Seen {
  const sections = blocks.filter(({ type }) => type === 'section');
  const elements = blocks.filter(({ type }) => type === 'context').flatMap(childrenOf);
  const pressable = elementsOf({ blocks });
  const menu = pressable.find(({ type }) => type === 'static_select');
  return {
    id: ts,
    text: [...sections.flatMap((each) => textOf(each) ?? []), ...elements.flatMap(words)].join(
      '\n',
    ),
    fields: sections
      .flatMap((section) => (section['fields'] as Json[] | undefined) ?? [])
      .map((field) => spoken(String(field['text'])).replace(/^\*\*(.*)\*\*\n/, '$1 '))
      .join('\n'),
    alt: null,
    picture: null,
    buttons: pressable
      .filter(({ type }) => type === 'button')
      .map((each) => ({ label: textOf(each) ?? '', action: actionIn(each) })),
    menu: menu
      ? {
          action: actionIn(menu),
          values: (menu['options'] as Json[]).map(({ value }) => String(value)),
        }
      : null,
    private: only !== null,
  };
}

function childrenOf(block: Json): Json[] {
  return block['elements'] as Json[];
}

function words(element: Json): string {
  return spoken(String(element['text']));
}

function textOf(element: Json): string | undefined {
  const text = element['text'] as Json | undefined;
  return text && spoken(String(text['text']));
}

/** mrkdwn as it was written for every platform. */
function spoken(mrkdwn: string): string {
  return mrkdwn
    .replace(/\*([^*]+)\*/g, '**$1**')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
