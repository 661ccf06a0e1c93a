/**
 * Whether those who asked, approved and activated had signed in as the request's severity demanded: the requirement is
 * frozen in the request, each act names its sign-in, and the ID token of that sign-in has to bear it out
 * (docs/record-format.md, 6). (I4, I6)
 */
import { askedOf, askedWords, lacking, type SignIn, type StepUp, type StepUpRole } from '../step-up.ts';
import type { Findings } from './findings.ts';
import type { CollectorRecord } from './records.ts';
import type { TokenSignIn } from './verify-identity.ts';

interface Act {
  readonly typ: string;
  readonly t: string;
  readonly by?: { readonly sub: string; readonly idt: string | null } | null | undefined;
  readonly auth?: SignIn | undefined;
}

export class StepUpCheck {
  readonly #findings: Findings;
  #stepUp: StepUp | null = null;
  #engineer: string | null = null;
  #granted = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** `tokenOf` answers what the ID token of this hash says; null where the bundle does not have it. */
  record(record: CollectorRecord, index: number, tokenOf: (idt: string) => TokenSignIn | null): void {
    if (record.typ === 'request') {
      this.#stepUp = record.step_up ?? null;
      this.#engineer = record.by.sub;
      this.#act(record, 'engineer', index, tokenOf);
    } else if (record.typ === 'grant') {
      // A later one is made by the collector, for a change that was asked for and approved.
      if (!this.#granted) this.#act(record, 'engineer', index, tokenOf);
      this.#granted = true;
    } else if (record.typ === 'change') this.#act(record, 'engineer', index, tokenOf);
    else if (record.typ === 'decision') {
      const alone = record.by?.sub === this.#engineer;
      if (record.decision === 'approved') this.#act(record, alone ? 'engineer' : 'approver', index, tokenOf);
      else this.#bornOut(record, index, tokenOf);
    }
  }

  #act(act: Act, role: StepUpRole, index: number, tokenOf: (idt: string) => TokenSignIn | null): void {
    this.#bornOut(act, index, tokenOf);
    const asked = askedOf(this.#stepUp, role);
    if (asked === null) return;
    const where = `The ${act.typ} in entry ${index}`;
    const proven = act.by !== null && act.by !== undefined && act.by.idt !== null;
    this.#findings.check(
      'identity',
      proven && lacking(act.auth, asked, Date.parse(act.t)) === null,
      () => `${where} needed ${askedWords(asked)}, and there is none.`,
    );
    if (role !== 'engineer') return;
    const same = act.by?.sub === this.#engineer;
    this.#findings.check('identity', same, () => `${where} was made by somebody else than who asked.`);
  }

  /** A sign-in cannot be later than its ID token says, nor of another class. */
  #bornOut({ typ, by, auth }: Act, index: number, tokenOf: (idt: string) => TokenSignIn | null): void {
    if (auth === undefined) return;
    const token = by?.idt === null || by?.idt === undefined ? null : tokenOf(by.idt);
    const where = `The ${typ} in entry ${index}`;
    this.#findings.check(
      'identity',
      token !== null && token.at !== null && Date.parse(auth.at) <= token.at,
      () => `${where} names a later sign-in than its ID token does.`,
    );
    this.#findings.check(
      'identity',
      auth.acr === undefined || auth.acr === token?.acr,
      () => `${where} names another kind of sign-in than its ID token does.`,
    );
  }
}
