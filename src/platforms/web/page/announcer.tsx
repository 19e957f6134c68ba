import type { WireMessage } from '../wire.ts';
import { plain } from './markup.tsx';

interface AnnouncerProps {
  readonly messages: readonly WireMessage[];
  readonly fresh: ReadonlySet<string>;
}

/** Says to those who listen what has come to its end: an edit is nothing new to a log. */
export function Announcer({ messages, fresh }: AnnouncerProps) {
  const ended = messages.findLast(({ id }) => fresh.has(id));
  return (
    <p class="unseen" role="status">
      {ended && `${plain(ended.text)} ${ended.picture?.alt ?? ''}`}
    </p>
  );
}
