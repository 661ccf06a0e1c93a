/**
 * A dialog to pick one of many: type, arrows, Enter. The focus stays in the field, and so do the keys; what is marked there
 * is told to a screen reader as in every combobox.
 */
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Icon } from './icons.tsx';
import { Modal } from './Modal.tsx';
import './pick.css';

export interface PickGroup<T> {
  /** Absent where everything stands in one list. */
  readonly label?: string;
  readonly items: readonly T[];
}

const PAGE = 8;

export function PickDialog<T extends object>(props: {
  readonly title: string;
  readonly className?: string;
  /** Name of the field, and what stands in it while it is empty. */
  readonly search: string;
  /** Name of the list. */
  readonly list: string;
  /** Said when nothing is found. */
  readonly none: string;
  /** Said of what was found: `12 commands`. */
  readonly told: (count: number) => string;
  /** What answers to the typed text, best first; the same function as long as there is the same to choose from. */
  readonly find: (typed: string) => readonly PickGroup<T>[];
  readonly option: (item: T) => { readonly key: string; readonly disabled?: boolean; readonly content: ReactNode };
  /** The line at the bottom, about the marked one. */
  readonly foot?: (marked: T | undefined) => ReactNode;
  /** The dialog is closed by then, and the focus back where it was. `mod`: Ctrl or Command was held. */
  readonly onPick: (item: T, mod: boolean) => void;
  readonly onClose: () => void;
}) {
  const { find, option, onClose } = props;
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => find(typed), [find, typed]);
  const found = groups.flatMap(({ items }) => items);
  const active = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const pick = (item: T | undefined, mod: boolean) => {
    if (item === undefined || option(item).disabled === true) return;
    // Closed at once, which gives the focus back to where it was: a key right behind Enter comes after what was picked.
    flushSync(onClose);
    props.onPick(item, mod);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + PAGE, PageUp: active - PAGE }[
      event.key
    ];
    if (event.key === 'Enter') pick(found[active], event.ctrlKey || event.metaKey);
    else if (to === undefined) return;
    else if (found.length > 0)
      setAt(event.key.startsWith('Arrow') ? (to + found.length) % found.length : Math.max(0, Math.min(last, to)));
    event.preventDefault();
  };
  const line = (item: T) => {
    const { key, disabled = false, content } = option(item);
    const mine = found.indexOf(item);
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search box's, as in every combobox
      <div
        key={key}
        id={`${id}-${mine}`}
        role="option"
        tabIndex={-1}
        aria-selected={mine === active}
        aria-disabled={disabled}
        onPointerMove={() => setAt(mine)}
        onClick={() => pick(item, false)}
      >
        {content}
      </div>
    );
  };
  return (
    <Modal title={props.title} className={`pick ${props.className ?? ''}`} onNo={onClose}>
      {(detail) => (
        <>
          <div className="pick-search" id={props.foot === undefined ? detail : undefined}>
            <Icon name="search" size={14} />
            <input
              type="text"
              role="combobox"
              aria-label={props.search}
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={found.length === 0 ? undefined : `${id}-${active}`}
              aria-autocomplete="list"
              placeholder={props.search}
              spellCheck={false}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <div ref={list} id={`${id}-list`} className="pick-list" role="listbox" aria-label={props.list}>
            {groups.map(({ label, items }) =>
              label === undefined ? (
                <Fragment key="">{items.map(line)}</Fragment>
              ) : (
                // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
                <div key={label} role="group" aria-label={label}>
                  {items.map(line)}
                </div>
              ),
            )}
            {found.length === 0 && <p className="pick-none">{props.none}</p>}
          </div>
          {props.foot !== undefined && (
            <p className="pick-foot" id={detail}>
              {props.foot(found[active])}
            </p>
          )}
          <span className="sr-only" role="status">
            {props.told(found.length)}
          </span>
        </>
      )}
    </Modal>
  );
}
