/** The frame of every row: time, sign, text, and what stands on the right. */
import type { ReactNode } from 'react';
import { Moment } from '../ui/bits.tsx';
import { count } from '../words/number.ts';
import type { Sign } from '../words/statement.ts';

export const Bullet = ({ sign }: { readonly sign: Sign }) => <span className="bullet" data-sign={sign} />;

export const LedgerIndex = ({ index }: { readonly index: number | null }) =>
  index === null ? null : (
    <span className="ledger-index num" title={`Entry ${count(index)} of the ledger`}>
      #{count(index)}
    </span>
  );

export function RowFrame({
  at,
  sign,
  children,
  right,
}: {
  readonly at: string;
  readonly sign: Sign;
  readonly children: ReactNode;
  readonly right: ReactNode;
}) {
  return (
    <>
      <span className="event-time">
        <Moment at={at} as="clock" />
      </span>
      <Bullet sign={sign} />
      <div className="event-text">{children}</div>
      <div className="event-right">{right}</div>
    </>
  );
}
