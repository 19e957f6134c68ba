/** Who may write into the folder of models: admins of a server need not run the bot. */
import type { Person } from '../chat/inbound.ts';
import type { AddingRules } from '../chat/new-models.ts';
import type { Place } from '../studio/order.ts';
import type { Environment } from '../studio/processes/task-process.ts';
import type { Settings } from './settings.ts';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/** Whoever sits at this machine may, as by its command line; a page behind a proxy is another thing. */
export function modelAdmins({
  MODEL_ADMINS,
  HOST,
  WEB_HOSTS,
}: Pick<Settings, 'MODEL_ADMINS' | 'HOST' | 'WEB_HOSTS'>): (
  person: Person,
  place: Place,
) => boolean {
  const local = isLoopback(HOST) && WEB_HOSTS.length === 0;
  return ({ id }, { platform }) =>
    MODEL_ADMINS.includes(`${platform}:${id}`) || (platform === 'web' && local);
}

export function addingRules(settings: Settings, environment: Environment): AddingRules {
  const maxBytes = settings.MAX_MODEL_MB * 2 ** 20;
  return { mayAdd: modelAdmins(settings), environment, maxBytes };
}
