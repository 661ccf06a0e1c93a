/** What both dialogs ask for: how long, why, and who has to say yes. */
import type { ChangeOption } from '../../shared/api-change.ts';
import { requirementWords } from '../../shared/approvals.ts';
import { Field } from '../request/Field.tsx';
import { plural } from '../words/format.ts';

export interface Wish {
  readonly minutes: string;
  readonly reason: string;
}
const SHORTEST_REASON = 8;

/** What is wrong with it, by field; null where it can be sent. */
export function wrongWith(
  { minutes, reason }: Wish,
  option: ChangeOption,
): { minutes?: string; reason?: string } | null {
  const whole = Number(minutes);
  const badTime = !Number.isInteger(whole) || whole < 1 || whole > option.max_minutes;
  const badReason = reason.trim().length < SHORTEST_REASON;
  if (!badTime && !badReason) return null;
  return {
    ...(badTime ? { minutes: `Between 1 and ${option.max_minutes} minutes.` } : {}),
    ...(badReason ? { reason: `Say why, in ${SHORTEST_REASON} characters or more.` } : {}),
  };
}

export function WishFields(props: {
  readonly wish: Wish;
  readonly option: ChangeOption;
  /** Set once it was tried to send it. */
  readonly wrong: { minutes?: string; reason?: string } | null;
  readonly onChange: (wish: Wish) => void;
}) {
  const { wish, option, wrong, onChange } = props;
  return (
    <>
      <Field label="Why" name="reason" error={wrong?.reason}>
        {(aria) => (
          <input
            {...aria}
            className="input"
            maxLength={500}
            value={wish.reason}
            placeholder="What has to be done that cannot wait"
            onChange={(event) => onChange({ ...wish, reason: event.target.value })}
          />
        )}
      </Field>
      <Field label="For, minutes" name="minutes" error={wrong?.minutes}>
        {(aria) => (
          <input
            {...aria}
            className="input minutes"
            type="number"
            min={1}
            max={option.max_minutes}
            value={wish.minutes}
            onChange={(event) => onChange({ ...wish, minutes: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** Who has to say yes, and what else happens. */
export function Consequence({ option, children }: { readonly option: ChangeOption; readonly children: string }) {
  const who = option.alone
    ? 'You may do this alone; it is recorded and reviewed.'
    : `It needs ${requirementWords(option.approvals_from)}. You go on working meanwhile.`;
  return (
    <p className="muted">
      {who} {children} The policy allows up to {plural(option.max_minutes, 'minute')}.
    </p>
  );
}

/** Why it cannot be had. */
export const Refusal = ({ words }: { readonly words: string | null }) =>
  words === null ? null : (
    <div className="field">
      <p className="problem" role="alert">
        {words}
      </p>
    </div>
  );
