import type { Objective } from './objective.ts';

export interface WeightedObjective {
  readonly objective: Objective;
  /** Negative to dream away from something. */
  readonly weight: number;
}

/** Σ weight · score. */
export function weightedSum(terms: readonly WeightedObjective[]): Objective {
  return {
    describe: () => terms.map(describeTerm).join(' '),
    score: (context) => {
      const { builder } = context;
      const scores = terms.map(({ objective, weight }) => {
        const score = objective.score(context);
        return weight === 1 ? score : builder.add('mul', [score, builder.scalar(weight)]);
      });
      return scores.reduce((sum, score) => builder.add('add', [sum, score]));
    },
  };
}

function describeTerm({ objective, weight }: WeightedObjective, index: number): string {
  const size = Math.abs(weight) === 1 ? '' : `${Math.abs(weight)}·`;
  const sign = weight < 0 ? '− ' : index > 0 ? '+ ' : '';
  return `${sign}${size}${objective.describe()}`;
}
