import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAddingOptions } from '../../src/cli/adding-options.ts';
import { modelLines } from '../../src/cli/doctor-command.ts';
import { runCli } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { kerasFile, smallWeights } from '../helpers/model-files.ts';

const cwd = temporaryFolder();
const env = { MODELS_DIR: join(cwd, 'models') };
mkdirSync(join(cwd, 'my-face'));
writeFileSync(join(cwd, 'my-face', 'face.h5'), await kerasFile(smallWeights()));
writeFileSync(join(cwd, 'my-face', 'labels.txt'), '0 me\n1 you\n2 nobody\n');

const models = (...args: string[]) => runCli(['models', ...args], { cwd, env });

describe('models', () => {
  it('are added, shown, dreamed with and removed', async () => {
    const added = await models('add', './my-face/', '--name', 'my-face');
    expect(added.stderr).toBe('');
    expect(added.code).toBe(0);
    expect(added.stdout).toMatch(/^format +Keras HDF5 \(\.h5\): face\.h5/m);
    expect(added.stdout).toMatch(/^input +16×16, colour$/m);
    expect(added.stdout).toMatch(/^range +-1\.\.1: its normalisations remember/m);
    expect(added.stdout).toMatch(/^shown +not known: .*--shown/m);
    expect(added.stdout).toMatch(/^classes +3 \(labels\.txt\): me, you, nobody$/m);
    expect(added.stdout).toMatch(/^logit +before the softmax of 'scores'$/m);
    expect(added.stdout).toContain('npm run dream -- --model my-face --class me');
    expect(existsSync(join(cwd, 'out', 'my-face-sheet.png'))).toBe(true);

    const shown = await models('show', 'my-face', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ labels: ['me', 'you', 'nobody'] });
    const listed = await models('list');
    expect(listed.stdout).toMatch(/^my-face +dreams at /m);

    const asked = await models('remove', 'my-face');
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('--yes');
    const removed = await models('remove', 'my-face', '--yes');
    expect(removed).toMatchObject({ code: 0, stdout: 'removed my-face\n' });
    expect(readdirSync(env.MODELS_DIR)).toEqual([]);
  });

  it('are told where they were added and their sheet cannot be', async () => {
    const blocked = join(cwd, 'blocked');
    mkdirSync(blocked);
    writeFileSync(join(blocked, 'out'), 'a file, not a folder');
    const args = ['models', 'add', '../my-face/', '--name', 'sheetless', '--json'];
    const { code, stdout, stderr } = await runCli(args, { cwd: blocked, env });
    expect(JSON.parse(stdout)).toMatchObject({ name: 'sheetless', sheet: null });
    expect(stderr).toMatch(/dream: 'sheetless' was added, but its sheet could not be made: .*out/);
    expect(code).toBe(1);
    expect(await models('remove', 'sheetless', '--yes')).toMatchObject({ code: 0 });
  });

  it('that come with the program stay', async () => {
    const args = ['models', 'remove', 'mobilenet_v2', '--yes'];
    const { code, stderr } = await runCli(args, { cwd });
    expect(stderr).toBe("dream: 'mobilenet_v2' comes with the program and stays\n");
    expect(code).toBe(2);
  });

  it('that are none are refused in a line, and nothing is left', async () => {
    writeFileSync(join(cwd, 'bad.onnx'), 'x');
    const { code, stdout, stderr } = await models('add', 'bad.onnx');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^dream: 'bad\.onnx': it has a format that is not known/);
    expect(existsSync(env.MODELS_DIR) ? readdirSync(env.MODELS_DIR) : []).toEqual([]);
  });
});

describe('the lines of the doctor', () => {
  it('say which model cannot be used, and go on', async () => {
    const folder = join(cwd, 'others');
    for (const name of ['broken', 'dropped']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'broken', 'model.json'), '{');
    expect(await modelLines(folder)).toEqual([
      expect.stringMatching(/^ {2}broken {3}cannot be used: 'broken\/model\.json' cannot be read/),
      expect.stringMatching(/^ {2}dropped {2}cannot be used: .*ENOENT \(npm run models -- list /),
    ]);
    expect(await modelLines(join(cwd, 'nowhere'))).toEqual([
      expect.stringMatching(/nowhere' cannot be read \(MODELS_DIR names it\.\)/),
    ]);
  });
});

describe('options', () => {
  it('become what is said of a network', () => {
    const given = {
      ...{ range: '-1,1', mean: '0.5', order: 'bgr', size: '224', sheet: false },
      shown: 'middle,0.875',
    };
    expect(readAddingOptions(given)).toEqual({
      ...{ replace: false, sheet: false, quiet: false, json: false },
      overrides: {
        ...{ range: [-1, 1], mean: [0.5], order: 'bgr', size: [224, 224] },
        shown: { part: 'middle', share: 0.875 },
      },
    });
  });

  it.each([
    ['range', '1'],
    ['range', '1,0'],
    ['range', 'a,b'],
    ['mean', '1,2,3,4'],
    ['std', '0'],
    ['order', 'brg'],
    ['shown', 'left'],
    ['shown', 'whole,0.5'],
    ['size', '0'],
    ['size', '1,2,3'],
    ['name', ''],
  ])('--%s %s is refused', (option, value) => {
    expect(() => readAddingOptions({ [option]: value })).toThrow(`--${option}: expected`);
  });
});
