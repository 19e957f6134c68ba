/** What readers of protobuf files share. */
import protobuf from 'protobufjs/light.js';
import { DreamError } from '../../kit/errors.ts';

const LENGTH_DELIMITED = 2;

/** The fields of a message that hold bytes or messages, in order; others are passed over. */
export function* fieldsOf(bytes: Uint8Array): Generator<{ field: number; content: Uint8Array }> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === LENGTH_DELIMITED) yield { field: tag >>> 3, content: reader.bytes() };
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
}

/**
 * What `read` gives.
 * @param problem says in words what is wrong with bytes that cannot be read.
 * @throws DreamError 'bad-model'
 */
export function undamaged<Result>(read: () => Result, problem: () => string): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof DreamError) throw error;
    throw new DreamError(
      'bad-model',
      `${problem()} (${(error as Error).message})`,
      'Copy the file anew: it was cut short or changed on its way.',
      { cause: error },
    );
  }
}
