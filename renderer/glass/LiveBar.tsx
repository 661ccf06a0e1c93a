/** The glass bar while a grant lives: facts, clock, hand back. Also carries the countdown into the window's title. */
import { useEffect, useRef, useState } from 'react';
import type { LiveGrant } from '../../shared/ipc.ts';
import { noteOf } from '../../shared/settings.ts';
import { type Urgency, urgencyOf } from '../../shared/urgency.ts';
import { visibleText } from '../../shared/visible.ts';
import { ChangeChips, type ChangesUse } from '../changes/index.ts';
import { useSettings } from '../settings.tsx';
import { clock, utcTime } from '../words/format.ts';
import { type Anchor, announcement, share } from './countdown.ts';
import { GlassBar } from './GlassBar.tsx';
import { environmentKind, environmentWord, scopeChip, scopeDetail } from './scope-words.ts';
import { TargetMark } from './TargetMark.tsx';
import { useCountdown } from './use-countdown.ts';

const words: Readonly<Record<Urgency, string>> = {
  live: 'left, until',
  warning: 'closes soon,',
  closing: 'closing at',
};

export function LiveBar(props: {
  readonly grant: LiveGrant;
  readonly anchor: Anchor;
  /** Set while the glass is being closed: replaces the clock's words and the button. */
  readonly closing?: string;
  readonly onHandBack: () => void;
  /** Absent while the glass is being closed. */
  readonly changes?: ChangesUse;
  readonly menu: React.ReactNode;
}) {
  const { grant, closing } = props;
  const { settings } = useSettings();
  const note = noteOf(settings, grant.target.id);
  const counted = useCountdown(props.anchor);
  const left = closing === undefined ? counted : 0;
  const state = closing === undefined ? urgencyOf(left) : 'closing';
  const time = clock(left);
  const until = utcTime(grant.expires_at);

  useEffect(() => {
    const lead = closing !== undefined ? 'Closing' : state === 'closing' ? `Closing in ${time}` : `${time} left`;
    document.title = `${lead} · ${grant.target.label} · Vitrine`;
  }, [time, state, closing, grant.target.label]);

  return (
    <GlassBar
      state={state}
      left={share(left, grant.total_ms)}
      writing={grant.mode === 'write'}
      ending={closing !== undefined}
    >
      <span className="target">
        <TargetMark of={grant.target} />
        <h1 className="clip" title={note === '' ? undefined : note}>
          {grant.target.label}
        </h1>
        {note !== '' && <span className="sr-only">{note}</span>}
        <span className={`chip ${environmentKind(grant.target.environment)}`}>
          {environmentWord[grant.target.environment]}
        </span>
      </span>
      <span className={`chip ${grant.mode === 'write' ? 'write' : 'live'}`} title={scopeDetail(grant.scope)}>
        {scopeChip(grant.scope, grant.mode)}
      </span>
      {closing === undefined && props.changes !== undefined && (
        <ChangeChips
          grant={grant}
          busy={props.changes.busy}
          onGiveBack={props.changes.giveBack}
          onWithdraw={props.changes.withdraw}
        />
      )}
      {grant.offline && (
        <span
          className="chip warn"
          title="Opened from an envelope, without the collector. It is told first of all when it is back."
        >
          Offline
        </span>
      )}
      <span className="chip">{grant.severity}</span>
      <span className="chip ticket optional" title={visibleText(grant.reason)}>
        {grant.ticket}
      </span>
      <span className="grow" />
      {closing === undefined ? (
        <span className="row" role="timer" aria-label={`${time} left, until ${until}`}>
          <span className="clock" aria-hidden="true">
            {time}
          </span>
          <span className="until" aria-hidden="true">
            {state === 'live' ? words.live : <b>{words[state]}</b>}
            <br />
            {until}
          </span>
        </span>
      ) : (
        <span className="row">
          <span className="spinner" />
          <span className="sentence">{closing}</span>
        </span>
      )}
      <span className="rule" />
      {closing === undefined && props.changes !== undefined && !grant.offline && (
        <span className="row glass-changes">
          {grant.mode === 'read' && (
            <button type="button" className="btn quiet" onClick={props.changes.elevate}>
              Write…
            </button>
          )}
          <button type="button" className="btn quiet" onClick={props.changes.extend}>
            Extend…
          </button>
        </span>
      )}
      <button type="button" className="btn primary" disabled={closing !== undefined} onClick={props.onHandBack}>
        Hand back
      </button>
      {props.menu}
      <Announcer left={left} />
    </GlassBar>
  );
}

/** Tells a screen reader at five minutes, at one minute and at the end. */
function Announcer({ left }: { readonly left: number }) {
  const before = useRef<number | null>(null);
  const [said, setSaid] = useState<{ text: string; urgent: boolean } | null>(null);
  useEffect(() => {
    const next = announcement(before.current, left);
    before.current = left;
    if (next !== null) setSaid(next);
  }, [left]);
  return (
    <>
      <span className="sr-only" role="status">
        {said?.urgent === false ? said.text : ''}
      </span>
      <span className="sr-only" role="alert">
        {said?.urgent === true ? said.text : ''}
      </span>
    </>
  );
}
