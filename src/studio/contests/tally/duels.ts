/**
 * Bradley and Terry's model (1952): each entry has a strength θ, and is preferred to another with
 * the chance 1 / (1 + exp(θ′ − θ)). A tie is half a win for both.
 *
 * Each entry also has half a win and half a loss against an average one, θ = 0: so the strengths
 * exist whoever has met whom, and an entry that met nobody says nothing about the others.
 */
import { cholesky, diagonalOfInverse, solve } from './cholesky.ts';
import type { CountedBallot, Placed, Tally } from './tally.ts';

export const duelsTally: Tally = (entries, ballots) => {
  const { wins, losses } = count(entries, ballots);
  const size = entries.length;
  const { strengths, errors } = fit(wins, losses, size);
  const rows = entries.map((entry, row) => {
    const strength = strengths[row]!;
    const spread = Z * errors[row]!;
    const confidence = [logistic(strength - spread), logistic(strength + spread)] as const;
    const support = sumOfRow(wins, row, size);
    const placed: Placed = { entry, support, score: logistic(strength), confidence };
    return { placed, level: round(strength) };
  });
  rows.sort((one, other) => other.level - one.level || other.placed.support - one.placed.support);
  return rows.map(({ placed }) => placed);
};

/** 95 % of a normal distribution lie within so many standard errors. */
const Z = 1.959964;

/** Half a win and half a loss. */
const PRIOR = 0.5;

interface Duels {
  /** [entry × entry]: wins of the row's against the column's, ties as halves. */
  readonly wins: Float64Array;
  /** Its transpose. */
  readonly losses: Float64Array;
}

function count(entries: readonly number[], ballots: Iterable<CountedBallot>): Duels {
  const size = entries.length;
  const rows = new Map(entries.map((entry, row) => [entry, row]));
  const wins = new Float64Array(size * size);
  const losses = new Float64Array(size * size);
  const add = (winner: number, loser: number, points: number): void => {
    wins[winner * size + loser]! += points;
    losses[loser * size + winner]! += points;
  };
  for (const { pair, choice, count: times } of ballots) {
    const numbers = pair.split('-').map(Number);
    const [one, other] = numbers.map((entry) => rows.get(entry));
    if (one === undefined || other === undefined) continue;
    const [winner] = choice;
    if (winner !== numbers[1]) add(one, other, winner === undefined ? times / 2 : times);
    if (winner !== numbers[0]) add(other, one, winner === undefined ? times / 2 : times);
  }
  return { wins, losses };
}

const MOST_ROUNDS = 100;
/** A step so small leaves an error of its square. */
const CLOSE = 1e-7;

/**
 * The strengths of greatest likelihood, by Newton's method: the logarithm of the likelihood is
 * strictly concave, and a step that overshoots is halved. (The usual minorize-maximize rounds
 * need tens of thousands here: nothing but the weak prior holds the common level of all.)
 * The standard errors are from the Fisher information at that point.
 */
function fit(
  wins: Float64Array,
  losses: Float64Array,
  size: number,
): { readonly strengths: Float64Array; readonly errors: Float64Array } {
  let strengths = new Float64Array(size);
  let level = likelihood(wins, strengths);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { gradient, information } = slopes(wins, losses, strengths);
    const step = solve(cholesky(information, size), gradient);
    if (step.every((change) => Math.abs(change) < CLOSE)) {
      strengths = moved(strengths, step, 1);
      break;
    }
    let scale = 1;
    let next = moved(strengths, step, scale);
    while (likelihood(wins, next) < level && scale > 1e-6) {
      scale /= 2;
      next = moved(strengths, step, scale);
    }
    strengths = next;
    level = likelihood(wins, strengths);
  }
  const { information } = slopes(wins, losses, strengths);
  const errors = diagonalOfInverse(cholesky(information, size)).map(Math.sqrt);
  return { strengths, errors };
}

function likelihood(wins: Float64Array, strengths: Float64Array): number {
  const size = strengths.length;
  let sum = 0;
  for (let row = 0; row < size; row++) {
    const strength = strengths[row]!;
    sum -= PRIOR * (softplus(strength) + softplus(-strength));
    for (let column = 0; column < size; column++) {
      const won = wins[row * size + column]!;
      if (won > 0) sum -= won * softplus(strengths[column]! - strength);
    }
  }
  return sum;
}

/** First and second derivatives of the likelihood's logarithm; the second with their sign turned. */
function slopes(
  wins: Float64Array,
  losses: Float64Array,
  strengths: Float64Array,
): { readonly gradient: Float64Array; readonly information: Float64Array } {
  const size = strengths.length;
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const average = logistic(strengths[row]!);
    gradient[row] = PRIOR - 2 * PRIOR * average;
    information[row * size + row] = 2 * PRIOR * average * (1 - average);
    for (let column = 0; column < size; column++) {
      const won = wins[row * size + column]!;
      const met = won + losses[row * size + column]!;
      if (met === 0) continue;
      const chance = logistic(strengths[row]! - strengths[column]!);
      gradient[row]! += won - met * chance;
      information[row * size + row]! += met * chance * (1 - chance);
      information[row * size + column]! -= met * chance * (1 - chance);
    }
  }
  return { gradient, information };
}

function moved(
  strengths: Float64Array,
  step: Float64Array,
  scale: number,
): Float64Array<ArrayBuffer> {
  return strengths.map((strength, row) => strength + scale * step[row]!);
}

function logistic(strength: number): number {
  return 1 / (1 + Math.exp(-strength));
}

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sumOfRow(matrix: Float64Array, row: number, size: number): number {
  return matrix.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0);
}

/** Differences below this are rounding, and no difference in strength. */
function round(strength: number): number {
  return Math.round(strength * 1e8);
}
