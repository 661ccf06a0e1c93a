/** What a verification can find, in the order of the checks (docs/record-format.md, 9), and the exit code of each class. */

/** The classes in the order of the checks; the exit code is that of the first class with a finding. */
export const CLASSES = [
  'bundle',
  'note',
  'inclusion',
  'consistency',
  'envelope',
  'form',
  'chain',
  'identity',
  'ack',
  'outcome',
  'time',
  'disclosure',
] as const;
export type FindingClass = (typeof CLASSES)[number];

export const EXIT_CODES: Readonly<Record<FindingClass, number>> = {
  bundle: 10,
  note: 11,
  inclusion: 12,
  consistency: 13,
  envelope: 14,
  form: 15,
  chain: 16,
  identity: 17,
  ack: 18,
  outcome: 19,
  time: 20,
  disclosure: 21,
};

export interface Finding {
  readonly class: FindingClass;
  /** Line of the bundle, from 1; null when it is about what is missing at the end. */
  readonly line: number | null;
  /** Ledger index of the entry that it is about. */
  readonly index: number | null;
  /** One sentence: what was found, where. */
  readonly message: string;
}

export interface ClassResult {
  /** How many things of this class were checked. */
  readonly checked: number;
  readonly found: number;
}

export interface BundleReport {
  /** Sorted by class, then by line; at most {@link MAX_FINDINGS} are kept. */
  readonly findings: readonly Finding[];
  /** Of all findings, kept or not. */
  readonly found: number;
  readonly classes: Readonly<Record<FindingClass, ClassResult>>;
  /** 0, or the code of the first class with a finding. */
  readonly exitCode: number;
  readonly facts: {
    readonly gid: string | null;
    readonly origin: string | null;
    /** `pinned` when the reader brought the log key, `bundle` when only the bundle vouches for it. */
    readonly logKey: 'pinned' | 'bundle';
    /** Final checkpoint. */
    readonly size: number;
    readonly root: string | null;
    readonly made: string | null;
    /** From the grant. */
    readonly person: string | null;
    readonly target: string | null;
    readonly entries: number;
    readonly device_records: number;
    readonly collector_records: number;
    readonly sessions: number;
    readonly statements: number;
    readonly rows: number;
  };
}

export const MAX_FINDINGS = 1000;

/** Collects findings and counts; knows where in the bundle the reader is. */
export class Findings {
  readonly #kept: Finding[] = [];
  readonly #checked = new Map<FindingClass, number>();
  readonly #found = new Map<FindingClass, number>();
  readonly #tell: ((finding: Finding) => void) | undefined;
  #total = 0;
  /** Line being read, from 1. */
  line: number | null = null;
  /** Ledger index of the entry being read. */
  index: number | null = null;

  constructor(tell?: (finding: Finding) => void) {
    this.#tell = tell;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts one check of a class and reports it when it failed. Answers with `holds`. */
  check(name: FindingClass, holds: boolean, message: () => string): boolean {
    this.#checked.set(name, (this.#checked.get(name) ?? 0) + 1);
    if (!holds) this.add(name, message());
    return holds;
  }

  add(name: FindingClass, message: string): void {
    this.#total++;
    this.#found.set(name, (this.#found.get(name) ?? 0) + 1);
    const finding = { class: name, line: this.line, index: this.index, message };
    if (this.#kept.length < MAX_FINDINGS) this.#kept.push(finding);
    this.#tell?.(finding);
  }

  report(facts: BundleReport['facts']): BundleReport {
    const order = (finding: Finding): number => CLASSES.indexOf(finding.class);
    const findings = this.#kept.toSorted((a, b) => order(a) - order(b) || (a.line ?? Infinity) - (b.line ?? Infinity));
    const first = CLASSES.find((name) => (this.#found.get(name) ?? 0) > 0);
    const resultOf = (name: FindingClass): ClassResult => ({
      checked: this.#checked.get(name) ?? 0,
      found: this.#found.get(name) ?? 0,
    });
    // Cast: built from exactly the keys of CLASSES.
    const classes = Object.fromEntries(CLASSES.map((name) => [name, resultOf(name)])) as BundleReport['classes'];
    return { findings, found: this.#total, classes, exitCode: first === undefined ? 0 : EXIT_CODES[first], facts };
  }
}
