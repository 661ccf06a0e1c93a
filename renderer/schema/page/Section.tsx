/** The frame of a section: loading, refused, empty, and what there is. */
import type { ReactNode } from 'react';
import { Problem } from '../../ui/Problem.tsx';
import type { Read } from './use-section.ts';

const NOT_ALLOWED = '42501';

export function Section<T>(props: {
  readonly of: Read<T>;
  /** Why there may be nothing, as a sentence; asked with what was read. */
  readonly empty: (value: T) => string | null;
  /** It stands for the whole object: it says so where that is gone, and the sections below do not repeat it. */
  readonly whole?: boolean;
  readonly children: (value: T) => ReactNode;
}) {
  const { value, problem, loading } = props.of;
  const nothing = value === null ? null : props.empty(value);
  const said = problem?.code === 'object_gone' && value !== null && props.whole !== true ? null : problem;
  const shown =
    said?.code === NOT_ALLOWED
      ? { code: NOT_ALLOWED, message: 'Not allowed in this grant.', hint: said.message }
      : said;
  return (
    <>
      {shown !== null && (
        <div className="section-problem">
          <Problem error={shown} kind={shown.code === NOT_ALLOWED ? 'warn' : 'danger'} />
        </div>
      )}
      {value === null && loading && (
        <p className="section-words muted" role="status">
          <span className="spinner small" /> Reading…
        </p>
      )}
      {value !== null && (nothing === null ? props.children(value) : <p className="section-words muted">{nothing}</p>)}
    </>
  );
}

/** A table of facts: its own scroll box, which the keyboard can reach. */
export function Facts(props: {
  readonly label: string;
  readonly heads: readonly string[];
  /** The heads above numbers, which stand to the right. */
  readonly numbers?: readonly string[];
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard
    <section className="facts-box" tabIndex={0} aria-label={props.label}>
      <table className="facts">
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col" className={props.numbers?.includes(head) ? 'num' : ''}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  );
}
