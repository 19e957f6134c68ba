import { pino } from 'pino';
import type { Logger } from '../kit/log.ts';
import type { Settings } from './settings.ts';

/** JSON, a line each, to the standard output. Secrets are taken out should one get that far. */
export function createLog({ LOG_LEVEL }: Pick<Settings, 'LOG_LEVEL'>): Logger {
  return pino({
    level: LOG_LEVEL,
    base: null,
    redact: {
      paths: ['token', '*.token', 'authorization', '*.authorization', 'err.config', 'err.request'],
      censor: '…',
    },
  });
}
