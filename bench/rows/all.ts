import type { Row } from '../measure/row.ts';
import { fanOut } from './fan-out.ts';

/** In the order in which they are measured. */
export const ROWS: readonly Row[] = [fanOut];
