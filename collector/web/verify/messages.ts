/** Between the page and the verifier's thread. */
import type { Report } from './report.ts';

export interface ToWorker {
  readonly bundle: ReadableStream<Uint8Array>;
}
export type FromWorker =
  | { readonly kind: 'progress'; readonly bytes: number; readonly lines: number }
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'broke'; readonly message: string };
