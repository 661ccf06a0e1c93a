/** Which values are compared as what: by the object id of the column's type. */
import { types } from '../../export/formats/index.ts';

export type Kind = 'number' | 'time' | 'text';

/** date, timestamp, timestamptz, time, timetz */
const times = new Set([1082, 1114, 1184, 1083, 1266]);

export const kindOf = (type: number): Kind =>
  types.exact.has(type) || types.float.has(type) ? 'number' : times.has(type) ? 'time' : 'text';
