/** Bolt's log as ours: warnings and errors only, since the rest holds what people say. */
import { LogLevel } from '@slack/bolt';
import type { Logger as BoltLogger } from '@slack/bolt';
import type { Logger } from '../../kit/log.ts';

const TOKENS = /\bx(?:ox[a-z]|app)-[\w-]+/g;

export function boltLogger(log: Logger): BoltLogger {
  const quiet = (): void => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn(...words) {
      log.warn({ from: 'bolt' }, spoken(words));
    },
    error(...words) {
      log.error({ from: 'bolt' }, spoken(words));
    },
    setLevel: quiet,
    getLevel: () => LogLevel.WARN,
    setName: quiet,
  };
}

function spoken(words: readonly unknown[]): string {
  return words.map(String).join(' ').replace(TOKENS, '[token]');
}
