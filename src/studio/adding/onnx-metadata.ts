/** The notes that an ONNX file carries beside its network (ModelProto.metadata_props). */
import protobuf from 'protobufjs/light.js';

const METADATA = 14;
const [KEY, VALUE] = [1, 2];
const MOST_NOTES = 200;

export function onnxMetadata(bytes: Uint8Array): Map<string, string> {
  const notes = new Map<string, string>();
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len && notes.size < MOST_NOTES) {
      const tag = reader.uint32();
      if (tag >>> 3 !== METADATA) reader.skipType(tag & 7, 0, tag >>> 3);
      else {
        const [key, value] = noteOf(reader.bytes());
        notes.set(key, value);
      }
    }
  } catch {
    // The network itself could be read: its notes do without what is damaged.
  }
  return notes;
}

function noteOf(bytes: Uint8Array): [key: string, value: string] {
  const reader = protobuf.Reader.create(bytes);
  const note: [string, string] = ['', ''];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === KEY) note[0] = reader.string();
    else if (tag >>> 3 === VALUE) note[1] = reader.string();
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  return note;
}
