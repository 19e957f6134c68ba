/** Where the pages of contests are found from outside. */
import type { Context } from '../chat/command.ts';
import type { Settings } from './settings.ts';

/** @param local what a browser on this machine calls the bot; it counts for the local chat alone. */
export function galleryLinks(
  { GALLERY_URL }: Pick<Settings, 'GALLERY_URL'>,
  local: () => string,
): Context['galleryLink'] {
  return ({ platform }, contest) => {
    const base = GALLERY_URL ?? (platform === 'web' ? local() : null);
    return base === null ? null : `${base.replace(/\/+$/, '')}/gallery/${contest}`;
  };
}
