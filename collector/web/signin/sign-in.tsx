/** Before anybody is signed in: what this is, where they were going, one button. */

import { loginPath } from '../state/desk.tsx';
import { routeOf } from '../state/route.ts';
import { ThemeButton } from '../ui/person.tsx';
import './signin.css';

function going(path: string): { readonly title: string; readonly text: string } {
  const route = routeOf(path);
  if (route.page === 'request')
    return { title: 'Somebody waits for an answer', text: 'Sign in to read the request and approve or deny it.' };
  if (route.page === 'requests')
    return { title: 'Requests for access', text: 'Sign in to see who waits for an approval.' };
  if (route.page === 'live')
    return { title: 'Who has access now', text: 'Sign in to see who has access, and to end it.' };
  if (route.page === 'devices') return { title: 'Devices', text: 'Sign in to see your devices, and to revoke one.' };
  return {
    title: 'What was done behind the glass',
    text: 'Sign in to read every statement of every grant, and to sign it off.',
  };
}

export function SignInPage({ path }: { readonly path: string }) {
  const { title, text } = going(path);
  return (
    <main className="gate">
      <div className="gate-theme">
        <ThemeButton />
      </div>
      <section className="card gate-card" aria-labelledby="gate-title">
        <div className="gate-brand">
          <span className="mark large" />
          <b>Vitrine</b>
        </div>
        <div>
          <h1 id="gate-title">{title}</h1>
          <p className="muted">{text}</p>
        </div>
        <a className="btn primary gate-button" href={loginPath(path)}>
          Sign in with your organisation
        </a>
        <p className="gate-small">
          Your identity provider says who you are and which role you have. This page keeps no password.
        </p>
      </section>
    </main>
  );
}
