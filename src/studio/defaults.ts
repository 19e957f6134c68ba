/** What a dream is made with where nobody says otherwise. */
export const DEFAULT_MODEL = 'inception_v3';

/** Longest side in pixels. */
export const DEFAULT_SIZE = 1024;
