import type * as z from 'zod';
import { DreamError } from '../kit/errors.ts';

/**
 * `value` if it has the form of `schema`.
 * @param where how messages call the file.
 * @throws DreamError 'bad-model' that names the file, the field and what is wrong with it.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 3).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return field === '' ? message : `${field}: ${message}`;
  });
  throw new DreamError('bad-model', `${where}: ${problems.join('; ')}`);
}
