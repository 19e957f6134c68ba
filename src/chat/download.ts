/**
 * Fetches what strangers point to. Only from hosts that are on a list, never from a private
 * address (checked where the connection is made, so that a name cannot resolve to another one
 * later), within limits of size and time.
 */
import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { DreamError } from '../kit/errors.ts';

export interface DownloadOptions {
  /** Names of hosts, https and public only: the platform's own. */
  readonly hosts: readonly string[];
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Sent to the first host only, never to one that it redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws DreamError 'fetch-failed' or 'picture-too-large' */
export type Download = (url: string, options: DownloadOptions) => Promise<Uint8Array>;

export interface Downloader {
  readonly download: Download;
  close(): Promise<void>;
}

export interface DownloaderSettings {
  /** `host` or `host:port`; these alone may be private, and may speak plain http. */
  readonly trustedHosts: readonly string[];
  /** For an answer, and between two parts of a file. @default 30 */
  readonly timeoutSeconds?: number;
}

const MOST_REDIRECTS = 3;

/** Bytes a second: a file that comes slower is not waited for. */
const SLOWEST = 2 ** 20;

export function createDownloader({
  trustedHosts,
  timeoutSeconds = 30,
}: DownloaderSettings): Downloader {
  const milliseconds = timeoutSeconds * 1000;
  const timeouts = { headersTimeout: milliseconds, bodyTimeout: milliseconds };
  const open = new Agent(timeouts);
  const guarded = new Agent({ ...timeouts, connect: { lookup: publicLookup } });
  const download: Download = async (url, options) => {
    const longest = milliseconds + (1000 * options.maxBytes) / SLOWEST;
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(Math.ceil(longest))]);
    let target = parsed(url);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const trusted = isTrusted(target, trustedHosts);
      if (!trusted) checkPublic(target, options.hosts);
      const headers = redirects === 0 ? { ...options.headers } : {};
      const dispatcher = trusted ? open : guarded;
      const next = await attempt(target, { headers, dispatcher, signal }, options.maxBytes);
      if (!(next instanceof URL)) return next;
      target = next;
    }
    throw failed(target, `it redirects more than ${MOST_REDIRECTS} times`);
  };
  return {
    download,
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

interface Attempt {
  readonly headers: Record<string, string>;
  readonly dispatcher: Agent;
  readonly signal: AbortSignal;
}

/** The bytes, or where they are said to be. */
async function attempt(target: URL, attempt: Attempt, maxBytes: number): Promise<Uint8Array | URL> {
  try {
    const response = await request(target, attempt);
    const { statusCode, headers, body } = response;
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      await body.dump();
      return parsed(location, target);
    }
    if (statusCode !== 200) {
      await body.dump();
      throw failed(target, `the host answered with status ${statusCode}`);
    }
    return await bytesOf(response, maxBytes);
  } catch (error) {
    if (error instanceof DreamError) throw error;
    throw failed(target, reasonOf(error), error);
  }
}

async function bytesOf(
  { headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<Uint8Array> {
  const tooLarge = (): DreamError => {
    const limit = (maxBytes / 2 ** 20).toFixed(0);
    // Nobody reads it any more: what the destroyed stream says goes nowhere.
    body.on('error', () => undefined).destroy();
    return new DreamError('picture-too-large', `the file is larger than ${limit} MB`);
  };
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parsed(url: string, base?: URL): URL {
  const target = URL.canParse(url, base?.href) ? new URL(url, base) : undefined;
  if (target && ['https:', 'http:'].includes(target.protocol)) return target;
  throw new DreamError('fetch-failed', 'the file has no address that can be fetched');
}

function isTrusted({ hostname, host }: URL, trustedHosts: readonly string[]): boolean {
  return trustedHosts.includes(hostname) || trustedHosts.includes(host);
}

function checkPublic(target: URL, hosts: readonly string[]): void {
  const { hostname, protocol, port } = target;
  if (protocol !== 'https:' || port !== '' || !hosts.includes(hostname)) {
    const message = 'files are fetched from the chat platform itself only';
    throw new DreamError('fetch-failed', message, 'Attach it to the message.');
  }
  // No lookup happens for an address that stands there as such.
  const address = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(address) && !isPublic(address)) throw failed(target, 'its address is private');
}

/** `dns.lookup` that finds public addresses only. */
const publicLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const problem = problemWith(addresses);
    if (problem !== null) callback(new Error(problem), '', 0);
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** Null where a name may be asked: one private address among public ones is enough to refuse it. */
export function problemWith(addresses: readonly LookupAddress[]): string | null {
  if (addresses.length === 0) return 'it has no address';
  return addresses.every(({ address }) => isPublic(address)) ? null : 'its address is private';
}

export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: unknown };
  if (name === 'TimeoutError') return 'it took too long';
  if (name === 'AbortError') return 'the download was cancelled';
  return cause instanceof Error ? cause.message : message;
}

/** Addresses carry signatures: only the host is told. */
function failed({ host }: URL, reason: string, cause?: unknown): DreamError {
  const message = `the file could not be fetched from ${host}: ${reason}`;
  return new DreamError('fetch-failed', message, 'Try again, or attach it anew.', {
    cause,
  });
}
