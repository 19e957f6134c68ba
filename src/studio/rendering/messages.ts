/** What a render process is asked, and what it answers. */
import type { EngineRequest } from '../../engines/choose.ts';
import type { Job, OrderResult } from '../order.ts';
import type { PictureFacts } from '../picture-facts.ts';
import type { Screening } from '../screening.ts';

export interface RenderTask {
  readonly job: Job;
  /** PNG, as large as it is dreamed. */
  readonly picturePath: string;
  readonly facts: PictureFacts;
  /** PNG: where it is white the dream takes place. @default everywhere */
  readonly maskPath?: string;
  /** Where the PNG of the result goes. */
  readonly resultPath: string;
  readonly modelsFolder: string;
  readonly engine: EngineRequest;
  /** The file in which measurements of engines are kept. */
  readonly measurements: string;
  /** A process has died of it: the processor renders. @default false */
  readonly cautious?: boolean;
  readonly screening: Screening;
  /** Of this program. */
  readonly version: string;
}

export interface RenderProgress {
  /** 0 … 1 of the work. */
  readonly fraction: number;
  /** From 1. */
  readonly octave: number;
  readonly octaves: number;
  /** JPEG, longest side at most 512, at the end of an octave. */
  readonly preview?: Uint8Array;
}

export interface Rendered {
  readonly result: OrderResult;
  /** The part of its seconds in which steps were taken. */
  readonly stepSeconds: number;
}
