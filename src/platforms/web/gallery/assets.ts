/** Style and script of the pages: bundled in memory when the server starts. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('../page/', import.meta.url));

export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

/** A path has the hash of what is behind it, so that browsers may keep it for ever. */
export async function galleryAssets(): Promise<{ style: Asset; script: Asset }> {
  const { outputFiles } = await build({
    absWorkingDir: FOLDER,
    entryPoints: ['gallery.ts', 'gallery.css'],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const asset = (ending: 'css' | 'js', contentType: string): Asset => {
    const { text } = outputFiles.find(({ path }) => path.endsWith(`.${ending}`))!;
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
    return { path: `/gallery/assets/gallery-${hash}.${ending}`, contentType, text };
  };
  return {
    style: asset('css', 'text/css; charset=utf-8'),
    script: asset('js', 'text/javascript; charset=utf-8'),
  };
}
