/** What to export, as what; where to is asked by a dialog of the system that main opens. (I7) */
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { ExportFormat, ExportOffer, ExportWish } from '../../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { count, plural } from '../../words/format.ts';
import { formats, sourceWords } from './words.ts';
import './exports.css';

/** What was chosen last, for the next time in this window. */
const last: { format: ExportFormat; delimiter: ExportWish['delimiter'] } = { format: 'csv', delimiter: ',' };

export function ExportDialog(props: {
  readonly bridge: Bridge;
  readonly result: string;
  readonly onClose: () => void;
}) {
  const { bridge, result, onClose } = props;
  const [offer, setOffer] = useState<ExportOffer | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  useEffect(() => {
    let gone = false;
    void ask(bridge.offerExport(result)).then((answer) => {
      if (gone) return;
      if (answer.ok) setOffer(answer.value);
      else setProblem(answer.error);
    });
    return () => {
      gone = true;
    };
  }, [bridge, result]);
  return (
    <Modal title="Export" className="export" onNo={onClose}>
      {(detail) =>
        offer !== null ? (
          <Choices bridge={bridge} result={result} offer={offer} detail={detail} onClose={onClose} />
        ) : (
          <>
            <div id={detail}>{problem !== null && <Problem error={problem} />}</div>
            <div className="actions">
              <button type="button" className="btn large" onClick={onClose}>
                Close
              </button>
            </div>
          </>
        )
      }
    </Modal>
  );
}

function Choices(props: {
  readonly bridge: Bridge;
  readonly result: string;
  readonly offer: ExportOffer;
  readonly detail: string;
  readonly onClose: () => void;
}) {
  const { bridge, result, offer } = props;
  const [source, setSource] = useState<ExportWish['source']>(offer.complete || !offer.again ? 'kept' : 'again');
  const [format, setFormat] = useState(last.format);
  const [delimiter, setDelimiter] = useState(last.delimiter);
  const [table, setTable] = useState(offer.table);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<UserError | null>(null);
  const id = useId();

  const choose = async (event: FormEvent) => {
    event.preventDefault();
    if (asking) return;
    Object.assign(last, { format, delimiter });
    setAsking(true);
    setProblem(null);
    const answer = await ask(bridge.startExport({ result, format, source, delimiter, table }));
    setAsking(false);
    if (!answer.ok) setProblem(answer.error);
    else if (answer.value !== null) props.onClose();
  };
  return (
    <form className="export-form" onSubmit={(event) => void choose(event)}>
      <div id={props.detail} className="export-source">
        {offer.again && !offer.complete ? (
          <SourceChoice name={`${id}-source`} rows={offer.rows} value={source} onChange={setSource} />
        ) : (
          <p className="muted">{sourceWords(offer)}</p>
        )}
      </div>
      <fieldset className="field bare">
        <legend className="label">Format</legend>
        <div className="seg">
          {(Object.keys(formats) as ExportFormat[]).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name={`${id}-format`}
                value={one}
                checked={one === format}
                // biome-ignore lint/a11y/noAutofocus: a dialog begins with its first choice
                autoFocus={one === format}
                onChange={() => setFormat(one)}
              />
              <b>{formats[one].label}</b>
            </label>
          ))}
        </div>
        <div className="hint">{formats[format].says}</div>
      </fieldset>
      {format === 'csv' && (
        <div className="field export-option">
          <label htmlFor={`${id}-delimiter`}>Between values</label>
          <select
            id={`${id}-delimiter`}
            className="select"
            value={delimiter}
            // The options below are the contract's.
            onChange={(event) => setDelimiter(event.target.value as ExportWish['delimiter'])}
          >
            <option value=",">Comma</option>
            <option value=";">Semicolon</option>
            <option value={'\t'}>Tab</option>
          </select>
        </div>
      )}
      {format === 'insert' && (
        <div className="field export-option">
          <label htmlFor={`${id}-table`}>Into table</label>
          <input
            id={`${id}-table`}
            className="input mono"
            value={table}
            placeholder="shop.orders"
            spellCheck={false}
            autoComplete="off"
            required
            maxLength={300}
            onChange={(event) => setTable(event.target.value)}
          />
        </div>
      )}
      {problem !== null && <Problem error={problem} />}
      <p className="faint export-recorded">
        Recorded: how many rows and bytes, as what, of which statement. Not where the file is.
      </p>
      <div className="actions">
        <button type="button" className="btn large" onClick={props.onClose}>
          Cancel
        </button>
        <button type="submit" className="btn large primary" aria-disabled={asking}>
          {asking ? 'Choosing a file…' : 'Choose a file…'}
        </button>
      </div>
    </form>
  );
}

function SourceChoice(props: {
  readonly name: string;
  readonly rows: number;
  readonly value: ExportWish['source'];
  readonly onChange: (source: ExportWish['source']) => void;
}) {
  const option = (source: ExportWish['source'], title: string, says: string) => (
    <label className="export-radio">
      <input type="radio" name={props.name} checked={props.value === source} onChange={() => props.onChange(source)} />
      <span>
        <b>{title}</b>
        <span className="muted">{says}</span>
      </span>
    </label>
  );
  return (
    <fieldset className="field bare">
      <legend className="sr-only">Which rows</legend>
      {option(
        'again',
        'Run it again and write all rows',
        'The statement is recorded and sent once more. What you run meanwhile waits until the file is written.',
      )}
      {props.rows > 0 &&
        option(
          'kept',
          `Only the ${count(props.rows)} ${props.rows === 1 ? 'row' : 'rows'} that ${props.rows === 1 ? 'is' : 'are'} kept here`,
          `Nothing is sent to the database; the file ends after ${plural(props.rows, 'row')}.`,
        )}
    </fieldset>
  );
}
