/** What pages are made of: bundled in memory when the server starts, so that no step builds them. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('page/', import.meta.url));

export interface Asset {
  /** It has the hash of what is behind it, so that browsers may keep it for ever. */
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Bundle {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

export interface Parts {
  /** In page/. */
  readonly script: string;
  readonly style: string;
  /** Of the paths: `/assets/page` becomes `/assets/page-<hash>.css`. */
  readonly path: string;
}

/** How long a browser may keep them. */
export const FOR_EVER = 'public, max-age=31536000, immutable';

export async function bundle({ script, style, path }: Parts): Promise<Bundle> {
  const { outputFiles } = await build({
    absWorkingDir: FOLDER,
    entryPoints: [script, style],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const made = (ending: 'js' | 'css', contentType: string): Asset => {
    const { contents } = outputFiles.find((file) => file.path.endsWith(`.${ending}`))!;
    return asset(`${path}.${ending}`, contentType, contents);
  };
  return {
    script: made('js', 'text/javascript; charset=utf-8'),
    style: made('css', 'text/css; charset=utf-8'),
    icon: asset(`${path}.svg`, 'image/svg+xml', Buffer.from(ICON)),
  };
}

/** @param path without its hash */
export function asset(path: string, contentType: string, bytes: Uint8Array): Asset {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { path: path.replace(/\.\w+$/, (ending) => `-${hash}${ending}`), contentType, bytes };
}

/** A moon that is an eye. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2b2f63"/><stop offset=".6" stop-color="#7a5a97"/><stop offset="1" stop-color="#f0a98a"/></linearGradient></defs>
<rect width="64" height="64" rx="18" fill="url(#g)"/>
<path d="M8 33c8-13 16-18 24-18s16 5 24 18c-8 12-16 16-24 16S16 45 8 33z" fill="#fbf3e4"/>
<circle cx="32" cy="32" r="13" fill="#3a3f7c"/><circle cx="37" cy="29" r="10.5" fill="#fbf3e4"/>
</svg>
`;
