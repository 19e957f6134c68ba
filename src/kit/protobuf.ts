/** Protobuf message types written down as data, for the light build of protobufjs. */
import protobuf from 'protobufjs/light.js';

/** Field name → ['type' or 'repeated type', field number]. */
export type Fields = Readonly<Record<string, readonly [type: string, id: number]>>;

/** @param messages message name → its fields; types are protobuf's own or another message's name. */
export function protobufTypes(messages: Readonly<Record<string, Fields>>): protobuf.Root {
  const nested = Object.entries(messages).map(([name, fields]) => [name, messageOf(fields)]);
  return protobuf.Root.fromJSON({
    nested: Object.fromEntries(nested) as Record<string, protobuf.IType>,
  });
}

/** The message in `bytes` as a plain object: int64 as numbers, bytes as views of the file. */
export function decoded(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  return type.toObject(type.decode(bytes), { longs: Number, arrays: true });
}

function messageOf(fields: Fields): protobuf.IType {
  const entries = Object.entries(fields).map(([name, [type, id]]) => {
    const repeated = type.startsWith('repeated ');
    return [name, repeated ? { rule: 'repeated', type: type.slice(9), id } : { type, id }];
  });
  return { fields: Object.fromEntries(entries) as Record<string, protobuf.IField> };
}
