/** The small pieces that every page uses: chips, times, problems. */
import type { ReactNode } from 'react';
import { Fault } from '../../../shared/errors.ts';
import { visibleText } from '../../../shared/visible.ts';
import { isSignedOut } from '../api/client.ts';
import { useNow } from '../state/desk.tsx';
import type { Label } from '../words/grant.ts';
import { clockWords, momentWords, utcWords } from '../words/time.ts';
import { Icon } from './icon.tsx';
import './ui.css';

export const Chip = ({ text, tone }: Label) => (
  <span className={tone === 'plain' ? 'chip num' : `chip num ${tone}`}>{text}</span>
);

/** A text that somebody else chose: it turns nothing around it and hides nothing in it. */
export const Foreign = ({ of }: { readonly of: string }) => <bdi>{visibleText(of)}</bdi>;

/** A moment: local first, UTC on hover and for screen readers that read titles. */
export function Moment({ at, as }: { readonly at: string; readonly as: 'clock' | 'moment' }) {
  const now = useNow(null);
  return (
    <time className="num" dateTime={at} title={utcWords(at)}>
      {as === 'clock' ? clockWords(at) : momentWords(at, now)}
    </time>
  );
}

/** What went wrong, in the words of the Fault; a defect of this page is called one. */
export function problemWords(problem: unknown): { readonly title: string; readonly hint: string | null } {
  if (problem instanceof Fault) return { title: problem.message, hint: problem.hint };
  return { title: 'This page made a mistake.', hint: 'Nothing was changed. Reload it and try again.' };
}

export function ProblemNote({ problem, children }: { readonly problem: unknown; readonly children?: ReactNode }) {
  const { title, hint } = problemWords(problem);
  return (
    <div className="note danger" role="alert">
      <Icon name="error" />
      <div>
        <b>{title}</b> {hint !== null && <div className="muted">{hint}</div>}
        {children}
      </div>
    </div>
  );
}

/** A thin line over the page while the collector is away and older facts are shown. */
export function StaleBar({ problem }: { readonly problem: unknown }) {
  // Being signed out has its own dialog.
  if (problem === null || isSignedOut(problem)) return null;
  const { title } = problemWords(problem);
  return (
    <div className="stale" role="status">
      <Icon name="offline" size={12} />
      <span>{title} What you see was true a moment ago; trying again.</span>
    </div>
  );
}

/** The middle of a page that has nothing else to show. */
export function Blank({
  mark,
  title,
  level = 2,
  children,
}: {
  /** 1 where nothing else on the page is its heading. */
  readonly level?: 1 | 2;
  readonly mark: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="blank">
      <div className="blank-mark">{mark}</div>
      {level === 1 ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

export const Loading = ({ what }: { readonly what: string }) => (
  <div className="loading" role="status">
    <span className="spinner" />
    <span className="muted">{what}</span>
  </div>
);
