/** A button that opens a small menu: arrow keys, Home, End, Escape, closes when focus leaves. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Icon } from './icons.tsx';

export interface MenuItem {
  readonly label: string;
  /** A second, quieter line. */
  readonly detail?: string;
  /** Set for one of several: shows a tick. */
  readonly checked?: boolean;
  readonly run: () => void;
}

export function Menu(props: {
  readonly label: string;
  readonly button: ReactNode;
  readonly className: string;
  readonly groups: readonly { readonly title?: string; readonly items: readonly MenuItem[] }[];
}) {
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];

  useEffect(() => {
    if (open) list.current?.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
  }, [open]);

  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.findIndex((item) => item.matches(':focus'));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') close();
    else if (next !== undefined) all[(next + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only watches where the focus goes
    <div
      className="popup"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={trigger}
        type="button"
        className={props.className}
        aria-label={props.label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {props.button}
      </button>
      {open && (
        <div
          ref={list}
          id={id}
          className="menu"
          role="menu"
          tabIndex={-1}
          aria-label={props.label}
          onKeyDown={onKeyDown}
        >
          {props.groups.flatMap((group, g) => [
            g > 0 && <hr key={`line-${group.items[0]?.label}`} />,
            group.title !== undefined && (
              <div key={`title-${group.title}`} className="menu-title" role="presentation">
                {group.title}
              </div>
            ),
            ...group.items.map((item) => (
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it is a menuitemradio exactly when aria-checked is set
              <button
                key={item.label}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={item.checked}
                tabIndex={-1}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                {item.checked !== undefined && <span className="tickbox">{item.checked && <Icon name="tick" />}</span>}
                {item.detail === undefined ? (
                  item.label
                ) : (
                  <span>
                    {item.label}
                    <small>{item.detail}</small>
                  </span>
                )}
              </button>
            )),
          ])}
        </div>
      )}
    </div>
  );
}
