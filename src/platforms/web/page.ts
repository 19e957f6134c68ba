/** The chat's page, and the files that it is made of. */
import type { FastifyInstance } from 'fastify';
import { asset, bundle, FOR_EVER } from './bundle.ts';
import type { Asset } from './bundle.ts';
import { pictureType } from './pictures.ts';
import { Refused } from './refusal.ts';
import type { Snapshot } from './wire.ts';

export interface Page {
  readonly html: string;
  readonly assets: readonly Asset[];
}

export async function bundlePage(): Promise<Page> {
  const parts = { script: 'main.tsx', style: 'page.css', path: '/assets/page' };
  const { script, style, icon } = await bundle(parts);
  return { html: htmlOf(script.path, style.path, icon.path), assets: [script, style, icon] };
}

/** The pictures of a new chat. */
export function samplePictures(sample?: {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}): {
  paths: Snapshot['sample'];
  assets: readonly Asset[];
} {
  if (!sample) return { paths: null, assets: [] };
  const [before, after] = (['before', 'after'] as const).map((name) => {
    const type = pictureType(sample[name]) ?? 'application/octet-stream';
    return asset(`/assets/${name}.picture`, type, sample[name]);
  }) as [Asset, Asset];
  return { paths: { before: before.path, after: after.path }, assets: [before, after] };
}

/** @param page undefined until the chat has started. */
export function pageRoutes(app: FastifyInstance, page: () => Page | undefined): void {
  app.get('/', async (_request, reply) => {
    const { html } = page() ?? notYet();
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
  });
  app.get('/assets/*', async (request, reply) => {
    const found = (page() ?? notYet()).assets.find(({ path }) => path === request.url);
    if (!found) throw new Refused(404, 'There is no such file.', 'Load the page again.');
    return reply
      .header('cache-control', FOR_EVER)
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
