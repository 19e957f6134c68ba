/** How discord.js makes its requests. */
import type { RESTOptions } from 'discord.js';

/** Milliseconds for a request: 10 MB over a slow line. */
const TIMEOUT = 120_000;

/**
 * By Node's own fetch. Left to itself discord.js sends by the undici 6 that it brings along, but
 * through whatever dispatcher is the process's; once another undici has put its own there, that
 * one does not know undici 6's forms, and every upload fails.
 */
const makeRequest = fetch as unknown as RESTOptions['makeRequest'];

export function restOptions(apiUrl: string | undefined): Partial<RESTOptions> {
  return { timeout: TIMEOUT, makeRequest, ...(apiUrl === undefined ? {} : { api: apiUrl }) };
}
