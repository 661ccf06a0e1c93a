/** One line under the grid, always there so that nothing moves: how the rows are arranged, and what is selected adds up to. */
import type { ReactNode } from 'react';
import type { Column, ResultState } from '../../../shared/ipc.ts';
import type { Arranging } from './use-arrangement.ts';
import type { Counted } from './use-figures.ts';
import { arrangedWords, extentWords, figureList, kindOf } from './words.ts';

export function GridFoot(props: {
  readonly columns: readonly Column[];
  readonly result: Pick<ResultState, 'rows' | 'cap'>;
  readonly arranging: Arranging;
  readonly hidden: number;
  readonly counted: Counted;
  readonly onShowAll: () => void;
  /** The search, in the place of the figures. */
  readonly children?: ReactNode;
}) {
  const { columns, arranging, counted, hidden } = props;
  const { sort, filters, arrangement, progress } = arranging;
  const byCodePoint = sort.some(({ column }) => kindOf(columns[column]) === 'text');
  return (
    <div className="grid-foot">
      {progress !== null ? (
        <span className="row clip" role="status">
          <span className="spinner" />
          <span className="num">Going through the rows… {progress} %</span>
          <FootButton onClick={arranging.stop}>Stop</FootButton>
        </span>
      ) : (
        arrangement !== null && (
          <>
            <b className="clip" title={arrangedWords(columns, sort, filters)}>
              {arrangedWords(columns, sort, filters)}
            </b>
            <span className="muted clip num">
              {extentWords(arrangement, props.result, filters.length > 0)}
              {byCodePoint && ', text by code point'}
            </span>
            <FootButton onClick={() => void arranging.arrange([], [])}>As they came</FootButton>
          </>
        )
      )}
      {hidden > 0 && (
        <FootButton onClick={props.onShowAll}>
          {hidden} {hidden === 1 ? 'column is' : 'columns are'} hidden
        </FootButton>
      )}
      <span className="grow" />
      {counted.progress !== null && <span className="muted num">Adding up… {counted.progress} %</span>}
      {props.children}
      {counted.figures !== null && !props.children && (
        <dl className="grid-figures" aria-label="Selected values">
          {figureList(counted.figures).map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd className="num" title={value}>
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

const FootButton = (props: { readonly onClick: () => void; readonly children: ReactNode }) => (
  <button type="button" className="btn quiet grid-foot-button" onClick={props.onClick}>
    {props.children}
  </button>
);
