/** The collector did not answer the first question. Tries again by itself, and on the button. */
import { useEffect } from 'react';
import { problemWords } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import './signin.css';

const AGAIN_MS = 5000;

export function UnreachablePage({ problem, onRetry }: { readonly problem: unknown; readonly onRetry: () => void }) {
  useEffect(() => {
    const timer = window.setTimeout(onRetry, AGAIN_MS);
    return () => window.clearTimeout(timer);
  }, [onRetry]);
  const { title, hint } = problemWords(problem);
  return (
    <main className="gate">
      <section className="gate-plain" role="alert">
        <span className="gate-icon">
          <Icon name="offline" size={20} />
        </span>
        <h1>{title}</h1>
        <p className="muted">
          {hint ?? 'This page tries again by itself.'} Nothing is lost: the app keeps its records and sends them later.
        </p>
        <button type="button" className="btn large" onClick={onRetry}>
          Try now
        </button>
      </section>
    </main>
  );
}
