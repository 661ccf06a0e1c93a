/** The frame of the screens before anybody is signed in: the grey bar and one calm panel. */
import { type ReactNode, useEffect } from 'react';
import { GlassBar } from '../glass/GlassBar.tsx';
import { Mark } from '../glass/Mark.tsx';
import { PersonMenu } from '../PersonMenu.tsx';
import './gate.css';

export function Gate(props: { readonly title: string; readonly children: ReactNode; readonly wide?: boolean }) {
  useEffect(() => {
    document.title = 'Vitrine';
  }, []);
  return (
    <div className="page">
      <GlassBar state="locked">
        <span className="target">
          <b>Vitrine</b>
        </span>
        <span className="sentence">The glass is closed. No database can be reached.</span>
        <span className="grow" />
        <PersonMenu />
      </GlassBar>
      <main>
        <section className={`card gate ${props.wide === true ? 'wide' : ''}`} aria-labelledby="gate-title">
          <div className="gate-mark">
            <Mark shape="shut" size={34} />
          </div>
          <h1 id="gate-title">{props.title}</h1>
          {props.children}
        </section>
      </main>
    </div>
  );
}
