/** What the completeness panel shows: the verifier's checks in plain words. */
export type CheckState = 'waiting' | 'running' | 'ok' | 'failed' | 'absent';

export interface Check {
  readonly id: string;
  readonly state: CheckState;
  /** In bold: `84 of 84 records signed`. */
  readonly title: string;
  /** After it, in the same sentence. */
  readonly detail: string;
  /** What was found wrong, one line each. */
  readonly findings: readonly string[];
}

export interface Report {
  readonly checks: readonly Check[];
  readonly entries: number;
  readonly bytes: number;
  readonly ms: number;
  /** Whether the ledger's key was the reader's own or only the bundle's. */
  readonly logKey: 'pinned' | 'bundle';
}

export interface Progress {
  readonly stage: 'download' | 'check';
  /** 0 to 1; null where the whole is not known. */
  readonly part: number | null;
  readonly bytes: number;
}

/** Reads the bundle to its end and checks it away from the page's own thread. Rejects with a Fault. */
export type VerifyBundle = (
  bundle: Response,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<Report>;
