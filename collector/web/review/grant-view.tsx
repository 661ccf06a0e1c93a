/** One grant: its facts, its timeline with verdicts, and whether the record is complete. */
import { type RefObject, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { z } from 'zod';
import type { ReviewGrant } from '../../../shared/api.ts';
import { verdict as verdictSchema } from '../../../shared/audit/records.ts';
import { StopDialog } from '../live/stop-dialog.tsx';
import { useDesk, useNow } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { useLive } from '../state/live.ts';
import { Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { isLive } from '../words/grant.ts';
import type { StatementEntry } from '../words/statement.ts';
import { onlyGrant } from '../words/stop.ts';
import { toJudge } from '../words/timeline.ts';
import { judge, VERDICTS, type Verdict, type Verdicts } from '../words/verdicts.ts';
import { Completeness } from './completeness.tsx';
import { Figures } from './figures.tsx';
import { GrantHead } from './grant-head.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { SignOffDialog } from './sign-off-dialog.tsx';
import { Timeline } from './timeline.tsx';

/** What the desk's keyboard can do in here. */
export interface GrantKeys {
  hasFocus(): boolean;
  step(by: 1 | -1): boolean;
  enter(): boolean;
  key(key: string): boolean;
}

interface Props {
  readonly id: string;
  readonly keys: RefObject<GrantKeys | null>;
  readonly onSigned: () => void;
  /** Shown alone on a narrow screen: offer the way back to the queue. */
  readonly back: boolean;
}

const verdictsSchema = z.record(z.string(), verdictSchema);
const NO_VERDICTS: Verdicts = {};
const EVERY_LIVE = 2000;
const EVERY_OPEN = 10_000;

export function GrantView({ id, keys, onSigned, back }: Props) {
  const { calls, onSignedOut } = useDesk();
  const grant = useLive<ReviewGrant>(`grant-${id}`, {
    load: (_, signal) => calls.grant(id, { signal }),
    pause: ({ item }) =>
      isLive(item.request) ? EVERY_LIVE : item.request.review.state === 'signed' ? null : EVERY_OPEN,
    onSignedOut,
  });
  const [drafts, setDrafts, clearDrafts] = useDraft<Verdicts>(`verdicts-${id}`, verdictsSchema, NO_VERDICTS);
  const [current, setCurrent] = useState<string | null>(null);
  const [dialog, setDialog] = useState<'sign' | 'stop' | StatementEntry | null>(null);
  const frame = useRef<HTMLElement>(null);
  const view = grant.value;
  const request = view?.item.request ?? null;
  const now = useNow(request !== null && isLive(request) ? 1000 : 30_000);
  const statements = useMemo(() => toJudge(view?.timeline ?? []), [view]);
  const signed = request?.review.state === 'signed';
  const canSign = request !== null && !signed && request.ended_at !== null;

  const focusOn = useCallback((intent: string): boolean => {
    setCurrent(intent);
    // The row exists already; only its tabindex waits for the next render, and focus() does not need that.
    const row = frame.current?.querySelector<HTMLElement>(`[data-intent="${intent}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
    return row !== null && row !== undefined;
  }, []);
  const onJudge = useCallback(
    (intent: string, verdict: Verdict) => {
      setCurrent(intent);
      if (!signed) setDrafts((before) => judge(before, intent, verdict));
    },
    [signed, setDrafts],
  );
  const shown = useCallback(
    (): string[] =>
      Array.from(
        frame.current?.querySelectorAll<HTMLElement>('[data-intent]') ?? [],
        (row) => row.dataset.intent ?? '',
      ),
    [],
  );

  useImperativeHandle(
    keys,
    () => ({
      hasFocus: () => frame.current?.contains(document.activeElement) ?? false,
      step(by) {
        const rows = shown();
        const at = current === null ? -1 : rows.indexOf(current);
        const next = rows[at < 0 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
        return next === undefined ? false : focusOn(next);
      },
      enter() {
        const rows = shown();
        const open = statements.find((entry) => entry.verdict === null && drafts[entry.intent] === undefined);
        const next = current ?? open?.intent ?? rows[0];
        return next === undefined ? false : focusOn(next);
      },
      key(key) {
        const chosen = VERDICTS.find((verdict) => verdict.key === key);
        if (chosen !== undefined) {
          if (signed) return false;
          const rows = shown();
          const target = current !== null && rows.includes(current) ? current : rows[0];
          if (target === undefined) return false;
          focusOn(target);
          onJudge(target, chosen.id);
          return true;
        }
        if (key === 'o' && current !== null) {
          const entry = statements.find((one) => one.intent === current);
          if (entry?.sealed !== true) return false;
          setDialog(entry);
          return true;
        }
        if (key === 's' && canSign) {
          setDialog('sign');
          return true;
        }
        return false;
      },
    }),
    [current, statements, drafts, signed, canSign, focusOn, onJudge, shown],
  );

  useEffect(() => {
    if (request === null) return;
    document.title = `${request.by.name} on ${request.target.label} · Vitrine`;
    return () => {
      document.title = 'Vitrine';
    };
  }, [request]);

  if (view === null || request === null)
    return grant.problem === null ? (
      <Loading what="Reading the grant" />
    ) : (
      <div className="desk-problem">
        <ProblemNote problem={grant.problem}>
          <button type="button" className="link" onClick={grant.reload}>
            Try now
          </button>
        </ProblemNote>
      </div>
    );

  return (
    <>
      <main className="grant" ref={frame} aria-label={`${request.by.name} on ${request.target.label}`}>
        <GrantHead
          view={view}
          back={back}
          onSignOff={canSign ? () => setDialog('sign') : null}
          onStop={() => setDialog('stop')}
        />
        <StaleBar problem={grant.problem} />
        <Figures view={view} now={now} />
        <Timeline
          view={view}
          drafts={drafts}
          current={current}
          signed={signed}
          onCurrent={setCurrent}
          onJudge={onJudge}
          onOpen={setDialog}
        />
      </main>
      <Completeness id={id} view={view} />
      {dialog === 'sign' && (
        <SignOffDialog
          view={view}
          drafts={drafts}
          onClose={() => setDialog(null)}
          onStale={() => {
            setDialog(null);
            grant.reload();
          }}
          onSigned={() => {
            setDialog(null);
            clearDrafts();
            grant.reload();
            onSigned();
          }}
        />
      )}
      {dialog === 'stop' && (
        <StopDialog
          choices={[onlyGrant(request, now)]}
          now={null}
          onClose={() => setDialog(null)}
          onStopped={grant.reload}
        />
      )}
      {dialog !== null && dialog !== 'sign' && dialog !== 'stop' && (
        <OpenDialog entry={dialog} onClose={() => setDialog(null)} onOpened={grant.reload} />
      )}
    </>
  );
}
