/** The recipe's options for dreams of a class, and for those that begin with noise. */
import { named, readNumbers } from './numbers.ts';
import type { RecipeOption } from './recipe-option.ts';

const asItIs = (text: string): string => text;

export const classOptions: readonly RecipeOption[] = [
  {
    field: 'class',
    value: 'classes',
    words:
      "a class of your own classifier to make appear, in place of a layer: me · me:2,dog:-0.5 (weights) · 'not dog' (anything but that)",
    read: asItIs,
    without: 'none',
  },
  {
    field: 'place',
    words: 'let the class grow where the picture already looks most like it, and nowhere else',
  },
  {
    field: 'strength',
    value: 'share',
    words:
      '0 to 1: from the smallest change that makes the model say the class (as --perturb) to a full dream',
    without: 'full',
  },
  {
    field: 'perturb',
    words:
      'the smallest change that makes the model say the class, and a picture of the difference beside it',
  },
  {
    field: 'attack',
    value: 'method',
    words: "of --perturb: carlini-wagner, pgd or deepfool (the default for 'not dog')",
    read: asItIs,
    without: 'auto',
  },
  {
    field: 'from',
    value: 'start',
    words: 'what the dream starts from: picture, or noise of its size (512×512 without a picture)',
    read: asItIs,
    without: 'default',
  },
  {
    field: 'fourier',
    words: "climb in frequencies and decorrelated colours as Lucid does (--from noise's default)",
  },
  {
    field: 'contrast',
    value: 'share',
    words:
      '0 to 1: how far other classes are pushed down while the class rises (with --class: 0.5)',
    without: 'default',
  },
  {
    field: 'windows',
    value: 'count,smallest,rotation',
    words:
      "how the model looks at the picture in each step: through how many random windows, the smallest as a share of the picture's side, turned by how many degrees (with --class: 4,0.6,10), or none",
    read: (text) => named(['count', 'smallest', 'rotation'], readNumbers(text)),
    without: 'none',
  },
  {
    field: 'keep',
    value: 'weight',
    words: 'pull back to the picture: at 1 it holds the dream at about 32 levels of difference',
    without: 'none',
  },
  {
    field: 'totalVariation',
    value: 'weight',
    words: 'smooth specks away, edges not (such as 0.2)',
    without: 'none',
  },
];
