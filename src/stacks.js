/** Stacks of bundled code tell places in the sources. */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** As V8 writes it at the end of a stack's line: file:///…/main.mjs:3:14 */
const PLACE = /(file:.+):(\d+):(\d+)/;

/**
 * Node's own way, `process.setSourceMapsEnabled`, reads each file's map when the file is loaded, 15 ms
 * in all; this one when an error is asked for its stack.
 *
 * @param {string} folder of the bundle, whose maps lie beside its files
 */
export function mapStacks(folder) {
  const bundled = pathToFileURL(join(folder, '/')).href;
  /** @type {Map<string, SourceMap | null>} */
  const maps = new Map();
  /** @param {string} line */
  const inSources = (line) => {
    const [place, url = '', row, column] = PLACE.exec(line) ?? [];
    if (place === undefined || !url.startsWith(bundled)) return line;
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const found = maps.get(url)?.findEntry(Number(row) - 1, Number(column) - 1);
    if (!found || !('originalSource' in found)) return line;
    const source = fileURLToPath(new URL(found.originalSource, url));
    return line.replace(place, `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`);
  };
  Error.prepareStackTrace = (error, frames) => {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a CallSite has one of its own
    const lines = frames.map((frame) => inSources(frame.toString()));
    return [Error.prototype.toString.call(error), ...lines].join('\n    at ');
  };
}

/**
 * @param {string} url of a bundle's file
 * @returns {SourceMap | null} null where it cannot be read: a stack must not fail
 */
function mapOf(url) {
  try {
    /** @type {unknown} */
    const payload = JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8'));
    return new SourceMap(/** @type {import('node:module').SourceMapPayload} */ (payload));
  } catch {
    return null;
  }
}
