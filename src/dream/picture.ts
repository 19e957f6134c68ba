/** Pictures in and out: reading, encoding, the text inside a PNG, and safe writing. */
export { DEFAULT_MAX_PIXELS, readPicture } from './picture-read.ts';
export type { Picture, ReadPictureOptions } from './picture-read.ts';
export { encodePicture } from './picture-write.ts';
export type { EncodePictureOptions } from './picture-write.ts';
export { formatForPath } from './picture-format.ts';
export type { OutputFormat, PictureFormat } from './picture-format.ts';
export { readPictureText } from './picture-text.ts';
export { checkWritable, writeFileAtomically } from './picture-file.ts';
