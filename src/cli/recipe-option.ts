/** What the command line knows about a field of the recipe. */
import type { Recipe } from '../dream/recipe.ts';

export type RecipeField = keyof Recipe;

export interface RecipeOption {
  readonly field: RecipeField;
  /** What follows the option; none for a switch, which has a --no- form instead. */
  readonly value?: string;
  readonly words: string;
  /** How the text becomes the field's value. @default number */
  readonly read?: (text: string) => unknown;
  /** The word that leaves the field out. */
  readonly without?: string;
}
