/** The render process. */
import { constants, setPriority } from 'node:os';
import { serveTasks } from '../processes/serve.ts';
import type { RenderProgress, Rendered, RenderTask } from './messages.ts';
import { Renderer } from './renderer.ts';

// Whoever chats goes first.
setPriority(constants.priority.PRIORITY_LOW);

const renderer = new Renderer();

serveTasks<RenderTask, RenderProgress, Rendered>((task, reporting) =>
  renderer.render(task, reporting),
);
