export { addEnergies, interpolate, multiply } from './blocks';
export {
  addWithin,
  limit,
  mixColours,
  scale,
  standardise,
  sum,
  sumOfAbsolutes,
  sumOfSquares,
} from './cells';
export { combineRows, correlate, gather } from './lines';
export { addGrown, halve } from './pyramid';
