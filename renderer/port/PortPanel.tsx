/** The panel above the status bar. It is not modal: the editor goes on, and a click outside closes it. */
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import type { PortCopy, PortState } from '../../shared/ipc-port.ts';
import { ask, type Bridge } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { utcTime } from '../words/format.ts';
import { Connected } from './Connected.tsx';
import { useCall } from './use-call.ts';
import { lostWithAll, maskedUri, processOf, SHORTCUT_KEY, turnedAwayShort } from './words.ts';

export function PortPanel(props: {
  readonly id: string;
  readonly bridge: Bridge;
  readonly port: PortState;
  /** `giveBack`: the focus goes back where it was. */
  readonly onClose: (giveBack: boolean) => void;
}) {
  const { bridge, port } = props;
  const panel = useRef<HTMLElement>(null);
  const title = useId();
  const kind = port.forbidden !== null ? 'forbidden' : port.open === null ? 'closed' : 'open';

  // The first thing to do has the focus, also when what there is to do has changed.
  useEffect(() => {
    const first = kind === 'forbidden' ? null : panel.current?.querySelector<HTMLElement>('[data-first]');
    (first ?? panel.current)?.focus();
  }, [kind]);
  // What had the focus may be gone: a tool that has left, a button that sleeps.
  useEffect(() => {
    if (document.activeElement === document.body) panel.current?.focus();
  });
  const outside = useEffectEvent((event: PointerEvent) => {
    const { target } = event;
    if (target instanceof Element && target.closest('.port-panel, .port-control, .toasts') === null)
      props.onClose(false);
  });
  useEffect(() => {
    const listener = (event: PointerEvent) => outside(event);
    window.addEventListener('pointerdown', listener);
    return () => window.removeEventListener('pointerdown', listener);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const inDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
    const again = (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toUpperCase() === SHORTCUT_KEY;
    if (inDialog || (event.key !== 'Escape' && !again)) return;
    event.preventDefault();
    props.onClose(true);
  };
  return (
    <section
      ref={panel}
      id={props.id}
      className="port-panel"
      role="dialog"
      aria-labelledby={title}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="port-head">
        <h2 id={title}>Local port</h2>
        <span className="grow" />
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Close this panel"
          onClick={() => props.onClose(true)}
        >
          <Icon name="cross" />
        </button>
      </div>
      {port.forbidden !== null ? (
        <div className="port-part">
          <div className="note">
            <Icon name="lock" size={15} />
            <div>
              <div>{port.forbidden.message}</div>
              {port.forbidden.hint !== null && <div className="muted">{port.forbidden.hint}</div>}
            </div>
          </div>
        </div>
      ) : port.open === null ? (
        <Closed bridge={bridge} />
      ) : (
        <Open bridge={bridge} port={port} open={port.open} />
      )}
    </section>
  );
}

function Closed({ bridge }: { readonly bridge: Bridge }) {
  const { busy, act } = useCall();
  return (
    <div className="port-part">
      <p>
        Lets psql, DBeaver or any other tool on this machine work under this grant: the same limits, the same record,
        until the grant ends.
      </p>
      <div className="row">
        <button
          type="button"
          className="btn primary"
          data-first
          aria-disabled={busy}
          onClick={() => void act(() => bridge.openPort())}
        >
          Open
        </button>
        <span className="faint">Only on 127.0.0.1, with a password of its own.</span>
      </div>
    </div>
  );
}

const copies: Readonly<Record<PortCopy, { readonly button: string; readonly copied: string }>> = {
  uri: { button: 'Connection string', copied: 'The connection string, with its password, is on the clipboard.' },
  env: { button: 'PG* variables', copied: 'The PG* variables, with the password, are on the clipboard.' },
  psql: { button: 'psql command', copied: 'The psql command is on the clipboard. It asks for the password.' },
  password: { button: 'Password', copied: 'The password is on the clipboard.' },
};

function Open(props: {
  readonly bridge: Bridge;
  readonly port: PortState;
  readonly open: NonNullable<PortState['open']>;
}) {
  const { bridge, port } = props;
  const { clients, limit } = port;
  const { busy, act } = useCall();
  const [closing, setClosing] = useState(false);
  const say = useToast();

  const copy = async (what: PortCopy) => {
    const answer = await ask(bridge.copyPort(what));
    if (!answer.ok) return say(answer.error);
    const { clears_in_s: seconds } = answer.value;
    say({
      code: 'port-copied',
      message: copies[what].copied,
      hint: seconds === null ? null : `Vitrine clears it in ${seconds} seconds, or when the port is closed.`,
      kind: 'ok',
      fleeting: true,
    });
  };
  const [who, where] = maskedUri(props.open);
  const lost = lostWithAll(clients);
  const close = () => {
    setClosing(false);
    void act(() => bridge.closePort());
  };
  return (
    <>
      <div className="port-part">
        <div className="port-address mono selectable">
          <span className="sr-only">Connection string, its password hidden: </span>
          {who}
          <wbr />
          {where}
        </div>
        <div className="row">
          <button type="button" className="btn primary" data-first onClick={() => void copy('uri')}>
            <Icon name="clipboard" />
            Copy connection string
          </button>
          <button
            type="button"
            className="btn"
            aria-disabled={busy}
            title="A terminal with psql, connected"
            onClick={() => void act(() => bridge.openPsql())}
          >
            <Icon name="console" />
            Open psql
          </button>
        </div>
        <div className="row port-copies">
          <span className="muted">Or copy</span>
          {(['env', 'psql', 'password'] as const).map((what) => (
            <button key={what} type="button" className="btn quiet" onClick={() => void copy(what)}>
              {copies[what].button}
            </button>
          ))}
        </div>
      </div>
      <Part title="Connected" count={`${clients.length} of ${limit}`}>
        {clients.length === 0 ? (
          <p className="muted">Nothing is connected. Paste the connection string into your tool.</p>
        ) : (
          <Connected bridge={bridge} clients={clients} />
        )}
      </Part>
      {port.turned_away.count > 0 && <TurnedAway turnedAway={port.turned_away} />}
      <div className="port-foot">
        <span className="faint">What comes through is recorded under your name.</span>
        <span className="grow" />
        <button
          type="button"
          className="btn"
          aria-disabled={busy}
          onClick={() => (lost === null ? close() : setClosing(true))}
        >
          {lost === null ? 'Close port' : 'Close port…'}
        </button>
      </div>
      {closing && (
        <Dialog
          title="Close the local port?"
          action="Close port"
          danger
          stay="Keep it open"
          onYes={close}
          onNo={() => setClosing(false)}
        >
          {lost ?? 'Nothing is connected any more.'}
        </Dialog>
      )}
    </>
  );
}

function Part(props: { readonly title: string; readonly count: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="port-part" aria-labelledby={id}>
      <h3 id={id}>
        {props.title} <span className="num">{props.count}</span>
      </h3>
      {props.children}
    </section>
  );
}

const SHOWN = 3;
function TurnedAway({ turnedAway }: { readonly turnedAway: PortState['turned_away'] }) {
  return (
    <Part title="Turned away" count={String(turnedAway.count)}>
      <ul className="port-turned-away">
        {turnedAway.recent
          .slice(-SHOWN)
          .reverse()
          .map((one) => (
            <li key={one.n}>
              <Icon name="warning" size={12} />
              <span className="clip" title={one.message}>
                {turnedAwayShort(one)}
                <span className="muted"> {processOf(one)}</span>
              </span>
              <span className="muted num">{utcTime(one.at)}</span>
            </li>
          ))}
      </ul>
    </Part>
  );
}
