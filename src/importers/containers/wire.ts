/** How much of a protobuf file is structure, which costs many times its bytes once it is decoded. */
import protobuf from 'protobufjs/light.js';

/** The messages in a message, by field; and the fields that hold numbers, left as bytes. */
export interface Wire {
  readonly messages?: Readonly<Record<number, Wire>>;
  readonly contents?: readonly number[];
}

const BYTES = 2;

/**
 * Bytes that are no contents, each message counted as `perMessage` of them.
 * @throws RangeError for bytes that break off
 */
export function structureOf(bytes: Uint8Array, wire: Wire, perMessage = 64): number {
  const reader = protobuf.Reader.create(bytes);
  let size = perMessage;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const key = reader.uint32();
    const field = key >>> 3;
    const inner = wire.messages?.[field];
    if ((key & 7) === BYTES && inner) {
      size += structureOf(reader.bytes(), inner, perMessage);
      continue;
    }
    reader.skipType(key & 7, 0, field);
    if (wire.contents?.includes(field) !== true) size += reader.pos - start;
  }
  return size;
}
