import { took } from '../words/format.ts';

/** How long a step took: `0.04 ms`, `3.4 ms`, and from ten on as everywhere else. */
export const duration = (ms: number): string => (ms < 10 ? `${ms.toFixed(ms < 1 ? 2 : 1)} ms` : took(ms));
