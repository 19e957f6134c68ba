/** A render process whose engine never comes back from its sixth gradient, as a hung GPU's does. */
import { onnxEngine } from '../../src/engines/onnx.ts';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { RenderEngines } from '../../src/studio/rendering/engines.ts';
import { Renderer } from '../../src/studio/rendering/renderer.ts';
import { serveTasks } from '../../src/studio/processes/serve.ts';
import type { RenderProgress, Rendered, RenderTask } from '../../src/studio/rendering/messages.ts';

const GRADIENTS = 5;

function hanging(engine: GradientEngine): GradientEngine {
  return {
    ...engine,
    prepare: async (...asked) => {
      const ascent = await engine.prepare(...asked);
      let left = GRADIENTS;
      return {
        calibrate: (picture) => ascent.calibrate(picture),
        dispose: () => ascent.dispose(),
        at: async (picture) => {
          // Progress is told five times a second, a step each time.
          await new Promise((resolve) => setTimeout(resolve, 250));
          if (left-- === 0) for (;;);
          return ascent.at(picture);
        },
      };
    },
  };
}

const engine = hanging(onnxEngine({ threads: 1 }));
const request = { engine: 'onnx', provider: 'webgpu' } as const;
const renderer = new Renderer(new RenderEngines(() => Promise.resolve({ engine, request })));
serveTasks<RenderTask, RenderProgress, Rendered>((task, reporting) =>
  renderer.render(task, reporting),
);
