/** ONNX files, whichever framework wrote them. Which ops: the table in onnx/table.ts. */
import protobuf from 'protobufjs/light.js';
import type { Beside, Imported } from './imported.ts';
import { readNetworkFile } from './onnx/file.ts';
import { importNetwork } from './onnx/import.ts';

/** ir_version, a whole number, and the graph: fields 1 and 7 of ONNX's ModelProto. */
const [IR_VERSION, GRAPH] = [(1 << 3) | 0, (7 << 3) | 2];

/** Whether bytes begin as an ONNX model does; they may break off in the middle of its graph. */
export function isOnnx(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  let hasVersion = false;
  try {
    while (reader.pos < reader.len) {
      const key = reader.uint32();
      if (key === GRAPH) return hasVersion;
      hasVersion ||= key === IR_VERSION;
      reader.skipType(key & 7, 0, key >>> 3);
    }
  } catch {
    return false;
  }
  return false;
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the node. */
export async function readOnnx(bytes: Uint8Array, beside: Beside): Promise<Imported> {
  return await importNetwork(readNetworkFile(bytes, beside.read));
}
