/** What a `model.json` says about a network. */
import * as z from 'zod';

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, {
  error: 'expected [low, high] with low below high',
});

const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(3)]);
const deviation = z.union([z.number().positive(), z.array(z.number().positive()).min(1).max(3)]);

/** Where the network itself lies. To add a kind of source: a schema here, a case in source.ts. */
const npmSource = z.strictObject({
  /** A model of the nsfwjs package. Code is run to read it, so no other package will do. */
  npm: z.string().regex(/^nsfwjs\/models\/[a-z0-9_]+$/, "expected 'nsfwjs/models/<name>'"),
});

const fileSource = z.strictObject({
  /** A file of the model's own folder, or of one inside it; its weights lie beside it. */
  file: z
    .string()
    .regex(
      /^(?!\.{1,2}(\/|$))[^/\\]+(\/(?!\.{1,2}(\/|$))[^/\\]+)*$/,
      "expected the name of a file in the model's folder",
    ),
});

export const modelFileSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().default(''),
  source: z.union([npmSource, fileSource], { error: sourceProblem }),
  licence: z.string().min(1),
  /** What the network was trained on: pictures of 0..255 are brought to it, in this order. */
  input: z.strictObject({
    /** `bgr`: blue first (OpenCV, Caffe, Custom Vision). Grey networks get grey by themselves. */
    channelOrder: z.enum(['rgb', 'bgr']).default('rgb'),
    /** What 0 and 255 become. */
    range,
    /** The same for telling classes apart, where the head was trained on another range. */
    classifyRange: range.optional(),
    /**
     * Then (x − mean) / std: one number, or one a channel in the network's order. Torchvision's
     * networks: range [0, 1], mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225].
     */
    mean: perChannel.optional(),
    std: deviation.optional(),
    /** [rows, columns], where the network's file does not say it or says it wrongly. */
    size: z.tuple([z.int().positive(), z.int().positive()]).optional(),
    /** What its own program shows it of a picture of another shape; absent where nobody knows. */
    shown: z.enum(['whole', 'middle']).optional(),
    /** Of the middle's sides, where the program cuts once more: 224 of 256 is 0.875. */
    middleShare: z.number().positive().max(1).optional(),
  }),
  /** The classes, in the order of the network's output. */
  labels: z.array(z.string()).default([]),
  /** Of them, those that mark a picture as explicit, where the model can screen pictures. */
  explicitLabels: z.array(z.string()).default([]),
  /** Whether a class can be a dream's target. */
  dreamableClasses: z.boolean().default(true),
  layersWorthDreaming: z.array(z.string()).default([]),
  defaultLayer: z.string(),
  /** Layers that need nodes beyond this one are off unless the host allows them. */
  deepestLayer: z.string().optional(),
  /** Pixels: in a smaller picture some window of the network does not fit. */
  minimumSide: z.int().positive().default(1),
});

export type ModelFile = z.output<typeof modelFileSchema>;
export type ModelSource = ModelFile['source'];

function sourceProblem(issue: { input?: unknown }): string {
  const found = issue.input === undefined ? 'nothing' : JSON.stringify(issue.input);
  return `expected {"npm": "nsfwjs/models/<name>"} or {"file": "<name>"}, found ${found}`;
}
