/** The page: bundled in memory when the chat starts, so that there is no build step. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import { pictureType } from './pictures.ts';
import { Refused } from './refusal.ts';
import type { Snapshot } from './wire.ts';

const FOLDER = fileURLToPath(new URL('page/', import.meta.url));

export interface Asset {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** By path. A path has the hash of what is behind it, so that browsers may keep it for ever. */
export type Assets = ReadonlyMap<string, Asset>;

export interface Page {
  readonly html: string;
  readonly assets: Assets;
}

export async function bundlePage(): Promise<Page> {
  const result = await build({
    absWorkingDir: FOLDER,
    entryPoints: ['main.tsx', 'page.css'],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const find = (ending: string): Uint8Array =>
    result.outputFiles.find(({ path }) => path.endsWith(ending))!.contents;
  const script = asset('page', 'js', 'text/javascript; charset=utf-8', find('.js'));
  const style = asset('page', 'css', 'text/css; charset=utf-8', find('.css'));
  const icon = asset('icon', 'svg', 'image/svg+xml', Buffer.from(ICON));
  return {
    html: htmlOf(script.path, style.path, icon.path),
    assets: new Map([script, style, icon].map(({ path, ...rest }) => [path, rest])),
  };
}

function asset(
  name: string,
  ending: string,
  contentType: string,
  bytes: Uint8Array,
): Asset & { path: string } {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { path: `/assets/${name}-${hash}.${ending}`, contentType, bytes };
}

/** The pictures of a new chat. */
export function samplePictures(sample?: {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}): {
  paths: Snapshot['sample'];
  assets: Assets;
} {
  if (!sample) return { paths: null, assets: new Map() };
  const [before, after] = (['before', 'after'] as const).map((name) =>
    asset(name, 'picture', pictureType(sample[name]) ?? 'application/octet-stream', sample[name]),
  );
  return {
    paths: { before: before!.path, after: after!.path },
    assets: new Map([before!, after!].map(({ path, ...rest }) => [path, rest])),
  };
}

/** @param page undefined until the chat has started. */
export function pageRoutes(app: FastifyInstance, page: () => Page | undefined): void {
  app.get('/', async (_request, reply) => {
    const { html } = page() ?? notYet();
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
  });
  app.get('/assets/*', async (request, reply) => {
    const found = (page() ?? notYet()).assets.get(request.url);
    if (!found) throw new Refused(404, 'There is no such file.', 'Load the page again.');
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(found.contentType)
      .send(Buffer.from(found.bytes));
  });
}

function notYet(): never {
  throw new Refused(503, 'The chat is not running yet.', 'Try again in a moment.');
}

function htmlOf(script: string, style: string, icon: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="dark light">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0c1024">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#e9e6f4">
<title>Dream</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="chat"></div>
<noscript>This chat needs JavaScript.</noscript>
</body>
</html>
`;
}

/** A moon that is an eye. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2b2f63"/><stop offset=".6" stop-color="#7a5a97"/><stop offset="1" stop-color="#f0a98a"/></linearGradient></defs>
<rect width="64" height="64" rx="18" fill="url(#g)"/>
<path d="M8 33c8-13 16-18 24-18s16 5 24 18c-8 12-16 16-24 16S16 45 8 33z" fill="#fbf3e4"/>
<circle cx="32" cy="32" r="13" fill="#3a3f7c"/><circle cx="37" cy="29" r="10.5" fill="#fbf3e4"/>
</svg>
`;
