import { DreamError } from '../../kit/errors.ts';
import { checked } from '../checked.ts';
import { modelSchema } from './config.ts';
import type { KerasModel } from './config.ts';

/** Brackets in brackets; a config of models in models in models has about 20. */
const DEEPEST = 200;

/**
 * A model's config as a file holds it.
 * @param where how messages call it.
 * @throws DreamError 'bad-model' for what is not the JSON of a model.
 */
export function parseConfig(text: string, where: string): KerasModel {
  checkDepth(text, where);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = `${where} is not JSON: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
  return checked(modelSchema, json, where);
}

function checkDepth(text: string, where: string): void {
  let depth = 0;
  // Texts in quotes are passed over: a bracket in them opens nothing.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') depth++;
    else if (!token.startsWith('"')) depth--;
    if (depth > DEEPEST) {
      throw new DreamError('bad-model', `${where} is nested more than ${DEEPEST} deep`);
    }
  }
}
