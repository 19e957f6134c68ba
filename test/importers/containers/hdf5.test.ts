import { describe, expect, test } from 'vitest';
import { inHdf5 } from '../../../src/importers/containers/hdf5.ts';
import { withinTime } from '../../../src/importers/containers/time-limit.ts';
import { dataset, hdf5, texts, weight } from '../../helpers/hdf5-files.ts';

/** The type of a 4-byte float as HDF5 describes it, and that of a 2-byte one. */
const SINGLE = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
const HALF = [0x11, 0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0];

function replaced(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(from));
  expect(at).toBeGreaterThan(0);
  copy.set(to, at);
  return new Uint8Array(copy);
}

describe('HDF5 files', () => {
  test('groups, texts and numbers; what is not there is null', async () => {
    const bytes = await hdf5((root) => {
      texts(root, 'list', ['a', 'longer', '']);
      root.create_attribute('word', 'böse');
      root.create_attribute('number', 7);
      dataset(root, weight('deep/er/one', [2, 3], 1));
      root.create_soft_link('/deep/er', 'link');
    });
    inHdf5(bytes, 'it', (root) => {
      expect(root.attribute('list')).toEqual(['a', 'longer', '']);
      expect(root.attribute('word')).toBe('böse');
      expect(root.attribute('number')).toBeNull();
      expect(root.attribute('constructor')).toBeNull();
      expect(root.dataset('deep/er/one')!.shape).toEqual([2, 3]);
      expect(root.dataset('link/one')!.read()).toEqual(weight('', [2, 3], 1).values);
      expect(root.subgroup('deep/er/one')).toBeNull();
      expect(root.subgroup('__proto__')).toBeNull();
      expect(root.dataset('deep/er/one/two')).toBeNull();
    });
  });

  describe('in pieces', () => {
    const stored = weight('', [7, 5, 3], 1);
    const pieces = (options: object, { shape, values } = stored): Promise<Uint8Array> =>
      hdf5((root) => {
        root.create_dataset({ name: 'one', data: values, shape: [...shape], ...options });
      });
    const read = (bytes: Uint8Array): Float32Array =>
      inHdf5(bytes, 'it', (root) => root.dataset('one')!).read();
    /** Where the list of pieces begins. */
    const listIn = (bytes: Uint8Array): number => {
      for (let at = 0; ; at++) {
        at = Buffer.from(bytes).indexOf('TREE', at);
        if (bytes[at + 4] === 1) return at;
      }
    };

    test.each([
      ['of uneven sizes', { chunks: [3, 2, 2] }],
      ['inflated', { chunks: [4, 5, 3], compression: 'gzip' }],
      ['with bytes in another order', { chunks: [2, 2, 3], compression: 2, compression_opts: [4] }],
      ['more than one list holds', { chunks: [1, 1, 1] }],
    ])('%s', async (_, options) => {
      expect(read(await pieces(options))).toEqual(stored.values);
    });

    test('that would grow beyond all measure', async () => {
      const zeros = { name: '', shape: [1000, 1000], values: new Float32Array(1e6) };
      const bytes = await pieces({ chunks: [1000, 1000], compression: 9 }, zeros);
      expect(() => read(bytes)).toThrow(/'one' would grow from \d+ bytes to 4000000/);
    });

    test('that cannot be inflated', async () => {
      const bytes = await pieces({ chunks: [7, 5, 3], compression: 6 });
      const view = new DataView(bytes.buffer);
      const at = Number(view.getBigUint64(listIn(bytes) + 24 + 8 + 32, true));
      bytes.fill(0xff, at + 2, at + 20);
      expect(() => read(bytes)).toThrow("the dataset 'one' has a piece that cannot be inflated:");
    });

    test.each([
      ['a list that is none', 0, 'has a damaged list of pieces'],
      ['a list of lists of its own level', 5, 'has a damaged list of pieces'],
      ['fewer pieces', 6, 'of 18 pieces'],
      ['a place outside', 24 + 8 + 7, 'has a piece that lies outside'],
      ['a piece beyond the end', 24 + 8 + 32 + 3, 'has a piece that lies outside'],
    ])('with %s', async (_, offset, message) => {
      const bytes = await pieces({ chunks: [3, 2, 2] });
      bytes[listIn(bytes) + offset]! ^= offset === 6 ? 3 : 1;
      expect(() => read(bytes)).toThrow(message);
    });

    test('through a filter that is not known', async () => {
      const bytes = await pieces({ chunks: [7, 5, 3], compression: 3, compression_opts: [] });
      expect(() => read(bytes)).toThrow("the dataset 'one' is compressed by filter 3");
    });
  });

  test('half precision', async () => {
    // 1.5, −2, 2⁻²⁴ and 0.333…, two to a float
    const pairs = new Float32Array(Uint16Array.of(0x3e00, 0xc000, 1, 0x3555).buffer);
    const values = Float32Array.of(...pairs, 0, 0);
    const bytes = await hdf5((root) => {
      dataset(root, { name: 'half', shape: [4], values });
    });
    const found = inHdf5(replaced(bytes, SINGLE, HALF), 'it', (root) => root.dataset('half')!);
    expect([...found.read()]).toEqual([1.5, -2, 2 ** -24, 0.333251953125]);
  });

  test('bytes that begin in the middle of a buffer', async () => {
    const bytes = await hdf5((root) => {
      dataset(root, weight('one', [5], 1));
    });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const found = inHdf5(shifted.subarray(3), 'it', (root) => root.dataset('one')!.read());
    expect(found).toEqual(weight('', [5], 1).values);
  });

  test('more numbers than there are', async () => {
    const bytes = await hdf5((root) => {
      dataset(root, weight('one', [77, 3], 1));
    });
    const huge = replaced(bytes, [77, 0, 0, 0, 0, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]);
    expect(() => inHdf5(huge, 'it', (root) => root.dataset('one'))).toThrow(
      "the dataset 'one' says to hold [2147483647, 3] of float32, which reaches beyond the end",
    );
  });

  test('whole numbers of a kind that no weight has', async () => {
    const bytes = await hdf5((root) => {
      root.create_dataset({ name: 'small', data: Int8Array.of(1, 2) });
    });
    expect(() => inHdf5(bytes, 'it', (root) => root.dataset('small'))).toThrow(
      "the dataset 'small' has the number format <i1; expected one of float16,",
    );
  });

  test('a file of another version', async () => {
    const bytes = await hdf5(() => undefined);
    bytes[8] = 9;
    expect(() => inHdf5(bytes, 'it', () => null)).toThrow('it is a damaged HDF5 file: unsupported');
  });

  test('an endless loop is broken off', () => {
    expect(() =>
      withinTime(
        'it',
        () => {
          for (;;);
        },
        30,
      ),
    ).toThrow('it was still being read after 0.03 s');
  });
});
