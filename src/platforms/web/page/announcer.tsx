import type { WireMessage } from '../wire.ts';
import { plain } from './markup.tsx';

interface AnnouncerProps {
  readonly messages: readonly WireMessage[];
  readonly changed: string | null;
}

/** Says to those who listen what has changed, or has come to its end: to a log that is nothing new. */
export function Announcer({ messages, changed }: AnnouncerProps) {
  const message = messages.find(({ id }) => id === changed);
  return (
    <p class="unseen" role="status">
      {message && `${plain(message.text)} ${message.picture?.alt ?? ''}`}
    </p>
  );
}
