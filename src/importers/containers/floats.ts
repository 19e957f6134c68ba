/**
 * Little-endian floats in bytes of a file: a view of them where they begin at a multiple of their
 * size, as typed arrays must; else a copy. Nobody may write into it.
 */
export function floatsIn(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset % 4 === 0) return new Float32Array(buffer, byteOffset, byteLength / 4);
  // `slice` would not copy: the bytes are often a Buffer, whose slices are views.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
