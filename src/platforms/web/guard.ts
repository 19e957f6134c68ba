/**
 * Who may talk to the server. A page of another site can make a browser send requests here, and a
 * name of another site can be pointed at this machine: both are told apart by headers that a
 * browser sets and no page can change.
 */
import type { FastifyRequest } from 'fastify';
import { Refused } from './refusal.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const MISDIRECTED = 421;
const FORBIDDEN = 403;

/**
 * @param hosts names, with a port where only that one counts.
 * @throws Refused where the name that the browser was given is not one of ours.
 */
export function checkHost({ headers }: FastifyRequest, hosts: readonly string[]): void {
  const host = (headers.host ?? '').toLowerCase();
  const name = host.replace(/:\d+$/, '');
  if ([...LOOPBACK, ...hosts].some((known) => known === name || known === host)) return;
  throw new Refused(
    MISDIRECTED,
    `This server is not known as "${name.slice(0, 100)}".`,
    'Open it as 127.0.0.1 or localhost, or have that name allowed in its settings.',
  );
}

/** For what a page of ours reads. @throws Refused where another site asks. */
export function checkSameSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreign || (headers.origin !== undefined && !isOwnOrigin(headers))) throw crossSite();
}

/** For what changes anything. @throws Refused without proof that a page of ours asks. */
export function checkSameOrigin({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw crossSite();
  if (headers.origin === undefined ? site === undefined : !isOwnOrigin(headers)) throw crossSite();
}

/** Behind a proxy that speaks https, the server itself still speaks http. */
function isOwnOrigin({ origin, host }: FastifyRequest['headers']): boolean {
  return [`http://${host ?? ''}`, `https://${host ?? ''}`].includes(origin ?? '');
}

function crossSite(): Refused {
  return new Refused(
    FORBIDDEN,
    'This request comes from another site.',
    'Open the chat itself, in a tab of its own.',
  );
}
