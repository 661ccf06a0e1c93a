/** Breaking the glass: one form, what it will mean beside it. Enter sends; Shift+Enter is a new line in the reason. */
import { type FormEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Options } from '../../shared/api.ts';
import { noteOf } from '../../shared/settings.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { EnvelopeLink } from '../envelope/index.ts';
import { environmentKind, environmentWord, tablesWords } from '../glass/scope-words.ts';
import { TargetMark } from '../glass/TargetMark.tsx';
import { useSettings } from '../settings.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import { plural } from '../words/format.ts';
import { consequences } from './consequences.ts';
import { Field } from './Field.tsx';
import { Foreseen } from './Foreseen.tsx';
import {
  change,
  check,
  chosen,
  type DraftField,
  type Errors,
  initialDraft,
  opensAtOnce,
  type Prefill,
  toRequest,
} from './form.ts';
import { Pick } from './Pick.tsx';
import { SeverityChoice } from './SeverityChoice.tsx';
import './request.css';

export function RequestForm(props: {
  readonly bridge: Bridge;
  readonly options: Options;
  readonly prefill: Prefill;
  readonly problem: UserError | null;
}) {
  const { options, prefill } = props;
  const { settings } = useSettings();
  const [draft, setDraft] = useState(() => initialDraft(options, prefill));
  const [errors, setErrors] = useState<Errors>({});
  const [refused, setRefused] = useState<UserError | null>(null);
  const [busy, setBusy] = useState(false);
  const [instead, setInstead] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const choice = useMemo(() => chosen(options, draft), [options, draft]);

  // A deep link that arrives while the form is open fills it; it never sends.
  const filled = useRef(prefill);
  useEffect(() => {
    if (filled.current === prefill || JSON.stringify(filled.current) === JSON.stringify(prefill)) return;
    filled.current = prefill;
    setDraft(initialDraft(options, prefill));
    setErrors({});
  }, [options, prefill]);
  useEffect(() => {
    const empty = form.current?.querySelector<HTMLElement>('input.input:placeholder-shown, textarea:placeholder-shown');
    (empty ?? form.current?.querySelector<HTMLElement>('textarea'))?.focus();
  }, []);

  if (choice === null) return <NothingOffered />;
  const { target, scope, severity } = choice;
  const note = noteOf(settings, target.id);
  const atOnce = opensAtOnce(severity);
  const problem = refused ?? props.problem;

  const set = (field: DraftField) => (value: string) => {
    setDraft((before) => change(options, before, field, value));
    setErrors(({ [field]: _fixed, ...rest }) => rest);
  };
  const send = async (alone: boolean) => {
    if (busy) return;
    const wrong = check(draft, choice);
    setErrors(wrong);
    const first = Object.keys(wrong)[0];
    if (first !== undefined) return form.current?.querySelector<HTMLElement>(`[data-field=${first}]`)?.focus();
    setBusy(true);
    setRefused(null);
    const answer = await ask(props.bridge.submitRequest(toRequest(draft, choice, alone)));
    setBusy(false);
    if (!answer.ok) setRefused(answer.error);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send(atOnce && severity.alone);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    const from = event.target;
    // Buttons have their own Enter, and an open list takes it for its choice.
    if (from instanceof HTMLButtonElement || (from instanceof HTMLElement && from.closest('select:open') !== null))
      return;
    event.preventDefault();
    form.current?.requestSubmit();
  };

  return (
    <form
      ref={form}
      className="card request"
      aria-labelledby="request-title"
      noValidate
      onSubmit={onSubmit}
      onKeyDown={onKeyDown}
    >
      <div className="request-form">
        <div>
          <h1 id="request-title">Break the glass</h1>
          <p className="muted">
            {prefill.ticket === undefined
              ? 'Pick what you need, say why, press Enter.'
              : `Filled in from ${prefill.ticket}. Check it, say why, press Enter.`}
          </p>
        </div>
        {problem !== null && <Problem error={problem} />}
        {problem?.code === 'collector_unreachable' && <EnvelopeLink bridge={props.bridge} />}
        {options.overdue_reviews > 0 && (
          <div className="note warn">
            <Icon name="history" size={15} />
            <div>
              {plural(options.overdue_reviews, 'review of yours is', 'reviews of yours are')} overdue. Until a reviewer
              has signed off, somebody else has to approve.
            </div>
          </div>
        )}
        <Field label="Database" name="target" error={errors.target}>
          {(aria) => (
            <Pick
              {...aria}
              value={target.id}
              onChange={set('target')}
              options={options.targets.map((t) => ({
                id: t.id,
                label: t.label,
                before: <TargetMark of={t} />,
                ...(noteOf(settings, t.id) === '' ? {} : { under: noteOf(settings, t.id) }),
                beside: (
                  <span className={`chip ${environmentKind(t.environment)}`}>{environmentWord[t.environment]}</span>
                ),
              }))}
            />
          )}
        </Field>
        {note !== '' && <p className="request-note muted">{note}</p>}
        <SeverityChoice
          options={scope.severities}
          value={severity.id}
          error={errors.severity ?? severity.refused ?? undefined}
          onChange={set('severity')}
        />
        <div>
          <div className="request-pair wide-first">
            <Field label="What you need" name="scope" error={errors.scope}>
              {(aria) => (
                <Pick
                  {...aria}
                  value={scope.id}
                  onChange={set('scope')}
                  options={target.scopes.map((s) => ({
                    id: s.id,
                    label: s.scope.tables.length === 0 ? s.label : `${s.label} · ${tablesWords(s.scope.tables)}`,
                    under: s.summary,
                    beside:
                      s.mode === 'write' ? (
                        <span className="chip write">{s.scope.owner === undefined ? 'Write' : 'Schema'}</span>
                      ) : null,
                  }))}
                />
              )}
            </Field>
            <Field label="For, minutes" name="minutes" error={errors.minutes}>
              {(aria) => (
                <input
                  {...aria}
                  className="input num"
                  inputMode="numeric"
                  value={draft.minutes}
                  maxLength={4}
                  placeholder={`${severity.default_minutes}`}
                  onChange={(event) => set('minutes')(event.target.value.replace(/\D/g, ''))}
                />
              )}
            </Field>
          </div>
          <Foreseen check={scope.check} />
        </div>
        <div className="request-pair wide-second">
          <Field label="Incident" name="ticket" error={errors.ticket}>
            {(aria) => (
              <input
                {...aria}
                className="input mono"
                value={draft.ticket}
                spellCheck={false}
                autoComplete="off"
                placeholder="INC-4711"
                maxLength={27}
                onChange={(event) => set('ticket')(event.target.value.toUpperCase())}
              />
            )}
          </Field>
          <Field label="Why" name="reason" error={errors.reason}>
            {(aria) => (
              <textarea
                {...aria}
                className="input"
                rows={1}
                value={draft.reason}
                placeholder="What happened, and what you want to find out or repair"
                onChange={(event) => set('reason')(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="row request-send">
          <button type="submit" className="btn primary large" aria-disabled={severity.refused !== null || busy}>
            {busy && <span className="spinner" />}
            {atOnce ? 'Break the glass' : 'Ask for approval'}
          </button>
          {severity.alone && severity.told.approvers > 0 && (
            <button
              type="button"
              className="btn quiet large"
              onClick={() => void send(false)}
              onFocus={() => setInstead(true)}
              onBlur={() => setInstead(false)}
              onPointerEnter={() => setInstead(true)}
              onPointerLeave={() => setInstead(false)}
            >
              Ask for approval instead
            </button>
          )}
          <span className="grow" />
          <span className="faint">Send</span>
          <kbd className="kbd">Enter</kbd>
        </div>
      </div>
      <aside className="request-facts" aria-label="What happens next">
        <h2>What happens next</h2>
        <ul aria-live="polite">
          {consequences(choice, draft.minutes, instead).map((fact) => (
            <li key={fact.icon}>
              <Icon name={fact.icon} size={15} />
              <div>
                <b>{fact.title}</b>
                {fact.detail}
              </div>
            </li>
          ))}
        </ul>
      </aside>
    </form>
  );
}

function NothingOffered() {
  return (
    <section className="card gate" aria-labelledby="nothing-title">
      <h1 id="nothing-title">No database is open to you</h1>
      <p className="lead">
        The policy gives your groups no database, so there is no glass to break. Ask the people who run the collector to
        add you; the form appears here as soon as they have.
      </p>
    </section>
  );
}
