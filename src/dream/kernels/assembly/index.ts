export { addEnergies, interpolate, multiply } from './blocks';
export {
  addWithin,
  clip,
  limit,
  mixColours,
  scale,
  standardise,
  sum,
  sumOfAbsolutes,
  sumOfSquares,
} from './cells';
export { combine, gather, rotateRows } from './lines';
export { addGrown, halve } from './pyramid';
export { interleave, look, lookBack, separate } from './windows';
