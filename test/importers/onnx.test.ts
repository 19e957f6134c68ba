import { describe, it } from 'vitest';
import { attentionCases } from './onnx-attention-cases.ts';
import { onnxCases } from './onnx-cases.ts';
import { expectSame, onnxFile } from './onnx-files.ts';

describe('an ONNX network computes what onnxruntime computes from the file itself', () => {
  it.each([...onnxCases, ...attentionCases])('$title', async ({ picture, ...model }) => {
    await expectSame(onnxFile(model), picture ?? (model.dims as number[] | undefined));
  });
});
