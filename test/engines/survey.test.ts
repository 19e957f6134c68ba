import { describe, expect, it } from 'vitest';
import { PICTURE } from '../../src/engines/engine.ts';
import type { Planes } from '../../src/engines/engine.ts';
import { evaluation } from '../../src/engines/evaluation.ts';
import { onnxCompiler } from '../../src/engines/onnx.ts';
import type { Compiler, Task } from '../../src/engines/program.ts';
import { survey } from '../../src/engines/survey.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { seededRandom } from '../../src/kit/random.ts';

const random = seededRandom(3);

/** Two branches over one value, read again at the end; a dense head; over 2 MB of weights. */
function network(): GraphBuilder {
  const builder = new GraphBuilder();
  const weights = (shape: readonly number[]): string => {
    const values = Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      () => 0.05 * random.normal(),
    );
    return builder.constant({ shape, read: () => values });
  };
  const convolved = (x: string, channels: number, outputs: number): string => {
    const window = { size: [3, 3], strides: [1, 1], dilations: [1, 1], padding: 'same', groups: 1 };
    return builder.add('conv2d', [x, weights([3, 3, channels, outputs])], window);
  };
  builder.input(PICTURE, [1, null, null, 3]);
  const scaled = builder.add('mul', [PICTURE, builder.scalar(1 / 128)]);
  const a = builder.add('relu', [convolved(scaled, 3, 96)], {}, 'a');
  const b = builder.add('relu', [convolved(a, 96, 160)], {}, 'b');
  const c = builder.add('relu', [convolved(b, 160, 160)], {}, 'c');
  const d = builder.add('relu', [convolved(builder.add('add', [b, c]), 160, 160)], {}, 'd');
  const joined = builder.add('concat', [a, d], { axis: 3 });
  const pooled = builder.add('reduceMean', [joined], { axes: [1, 2], keepDimensions: false });
  builder.add('matMul', [pooled, weights([256, 7])], {}, 'scores');
  return builder;
}

function picture(): Planes {
  const data = Float32Array.from({ length: 3 * 9 * 8 }, () => 255 * random.uniform());
  return { rows: 9, columns: 8, data };
}

describe('a survey', () => {
  it('gives what one program for the whole network gives, for every picture', async () => {
    const graph = network();
    const pictures = [picture(), picture(), picture()];
    const wanted = ['b', 'scores'];
    const tasks: Task[] = [];
    const compiler: Compiler = {
      ...onnxCompiler({ threads: 1 }),
      compile: (task) => {
        tasks.push(task);
        return onnxCompiler({ threads: 1 }).compile(task);
      },
    };
    const found = await survey(compiler, graph, wanted, pictures);
    expect(tasks.length).toBeGreaterThan(2);
    const whole = await evaluation(onnxCompiler({ threads: 1 }), graph, wanted);
    for (const [index, one] of pictures.entries()) {
      const expected = await whole.at(one);
      for (const name of wanted) {
        const { shape, data } = expected.get(name)!;
        expect(found[index]!.get(name)!.shape).toEqual(shape);
        found[index]!.get(name)!.data.forEach((value, at) => {
          expect(Math.abs(value - data[at]!)).toBeLessThan(1e-4);
        });
      }
    }
    await whole.dispose();
  });
});
