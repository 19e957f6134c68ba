import { DreamError } from '../../kit/errors.ts';
import { checked } from '../checked.ts';
import { modelSchema } from './config.ts';
import type { KerasModel } from './config.ts';

/** Lists and objects in each other; a config of models in models in models has about 20. */
const DEEPEST = 200;

/**
 * A model's config as a file holds it.
 * @param where how messages call it.
 * @throws DreamError 'bad-model' for what is not the JSON of a model.
 */
export function parseConfig(text: string, where: string): KerasModel {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = `${where} is not JSON: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
  return modelOf(json, where);
}

/** A model's config as parsed JSON, nested no deeper than a walk through it can go. */
export function modelOf(json: unknown, where: string): KerasModel {
  let level = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw new DreamError('bad-model', `${where} is nested more than ${DEEPEST} deep`);
    }
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return checked(modelSchema, json, where);
}
