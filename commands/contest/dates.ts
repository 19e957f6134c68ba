export { readWhen } from './dates-stopgap.ts';
