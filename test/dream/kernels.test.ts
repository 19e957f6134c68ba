/** The loops in WebAssembly: that they are what their sources say, and their workbench. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../src/dream/kernels/compiled.ts';
import { stripsOf, workbench } from '../../src/dream/kernels/workbench.ts';
import fc from '../helpers/fast-check.ts';

const KERNELS = new URL('../../src/dream/kernels/', import.meta.url);

describe('the compiled kernels', () => {
  it('are made from the sources as they are (else: npm run kernels)', () => {
    const compiler = /'(assemblyscript@[\d.]+)'/.exec(
      readFileSync(new URL('compile.js', KERNELS), 'utf8'),
    )![1]!;
    const hash = createHash('sha256').update(compiler);
    const folder = fileURLToPath(new URL('assembly/', KERNELS));
    const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names.sort()) hash.update(readFileSync(`${folder}/${name}`));
    expect(SOURCES).toBe(hash.digest('hex'));
  });
});

describe('the workbench', () => {
  it('holds what is put on it, beyond the memory that it begins with', () => {
    const bench = workbench().clear();
    const small = bench.put(Float32Array.of(1, 2, 3));
    const large = bench.put(new Float32Array(5_000_000).fill(7));
    const other = bench.put(Float32Array.of(4, 5), 1, 2);
    const found = new Float32Array(4);
    bench.take(small, 3, found, 1);
    expect([...found]).toEqual([0, 1, 2, 3]);
    bench.take(other, 1, found, 0);
    expect([...found]).toEqual([5, 1, 2, 3]);
    expect([...bench.view(large + 4 * 4_999_998, 2)]).toEqual([7, 7]);
    expect([...bench.view(bench.zeros(3), 3)]).toEqual([0, 0, 0]);
  });

  it('brings all values, each once, and takes back what became of them', () => {
    const values = Float32Array.from({ length: 100_001 }, (_, index) => index % 1000);
    const counts: number[] = [];
    workbench().change(values, (address, count) => {
      counts.push(count);
      workbench()
        .view(address, count)
        .forEach((value, index, all) => (all[index] = -value));
    });
    expect(counts.length).toBeGreaterThan(2);
    expect(values).toEqual(Float32Array.from({ length: 100_001 }, (_, index) => -(index % 1000)));
  });

  it('is given strips that are all rows, each once, a multiple of the unit high', () => {
    const count = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(count, count, fc.constantFrom(1, 2, 8), (rows, columns, unit) => {
        let next = 0;
        for (const [from, to] of stripsOf(rows, columns, unit)) {
          expect(from).toBe(next);
          expect(to).toBeGreaterThan(from);
          if (to < rows) expect((to - from) % unit).toBe(0);
          next = to;
        }
        expect(next).toBe(rows);
      }),
    );
  });
});
