/** What the page knows of the chat. */
import { useEffect, useState } from 'preact/hooks';
import type { Snapshot, WireMessage } from '../wire.ts';
import { listen } from './stream.ts';

export interface Chat {
  readonly connected: boolean;
  /** Null until the server has told. */
  readonly about: Omit<Snapshot, 'messages'> | null;
  /** Oldest first. */
  readonly messages: readonly WireMessage[];
  /** Of work that came to its end while the page was open. */
  readonly fresh: ReadonlySet<string>;
  /** What the bot has said in place of what stood there, while the page was open: the last one. */
  readonly changed: string | null;
}

const NOTHING: Chat = {
  ...{ connected: true, about: null, messages: [] },
  ...{ fresh: new Set<string>(), changed: null },
};

export function useChat(): Chat {
  const [chat, setChat] = useState<Chat>(NOTHING);
  useEffect(() => {
    listen({
      snapshot: ({ messages, ...about }) => {
        setChat((before) => ({ ...before, about, messages }));
      },
      message: (message) => {
        setChat((before) => withMessage(before, message));
      },
      connected: (connected) => {
        setChat((before) => (before.connected === connected ? before : { ...before, connected }));
      },
    });
  }, []);
  return chat;
}

function withMessage(chat: Chat, message: WireMessage): Chat {
  const { messages, fresh } = chat;
  const known = messages.find(({ id }) => id === message.id);
  if (known && known.revision >= message.revision) return chat;
  const ended = known?.progress !== undefined && !message.progress;
  return {
    ...chat,
    messages: known
      ? messages.map((each) => (each === known ? message : each))
      : [...messages, message].sort((one, other) => (one.id < other.id ? -1 : 1)),
    fresh: ended ? new Set([...fresh, message.id]) : fresh,
    changed: known?.author === null && !message.progress ? message.id : chat.changed,
  };
}
