/** The provider's pages: plain HTML that works without JavaScript, under a CSP that allows none. */
import type { ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { type DemoPerson, initials, people } from './people.ts';

export interface Page {
  readonly status: number;
  readonly html: string;
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  // After the form, the answer travels on to the app's loopback port or the collector: both are on this address.
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
} as const;

export function write(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, headers).end(page.html);
}

export function send(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.status = page.status;
  ctx.set(headers);
  ctx.body = page.html;
}

export interface SignIn {
  readonly uid: string;
  /** As the page says it: `Vitrine`, `the review desk`. */
  readonly client: string;
  /** The app, whose logins are bound to a device key; pages in a browser are not. */
  readonly onDevice: boolean;
  /** Somebody is signed in already, and is asked to prove it again. */
  readonly again?: DemoPerson | undefined;
  readonly problem?: string;
}

export function signIn({ uid, client, onDevice, again, problem }: SignIn): Page {
  const ordered = again === undefined ? people : [again, ...people.filter((person) => person !== again)];
  const title = again === undefined ? 'Who is there?' : 'Confirm that it is you';
  const lead =
    again === undefined
      ? `Choose who signs in to ${escaped(client)}.`
      : `${escaped(again.name)} is signed in here. Vitrine asks again before it lets anybody in.`;
  return frame(
    title,
    `<form class="choice" method="post" action="/sign-in/${encodeURIComponent(uid)}">
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${problem === undefined ? '' : `<p class="note" role="alert">${escaped(problem)}</p>`}
      <div class="people">${ordered.map((person, place) => personButton(person, place === 0)).join('')}</div>
      <div class="under"><button class="quiet" name="cancel" value="yes">Cancel</button>
        <span>Enter chooses <kbd>↵</kbd></span></div>
    </form>
    <aside>
      <h2>What happens next</h2>
      ${
        onDevice
          ? fact(
              'key',
              'Your login names this device',
              'The provider signs a fingerprint of the key on this device. Every record you make can be traced to it.',
            )
          : fact(
              'key',
              'Your name stands under what you decide',
              'Approvals, verdicts and sign-offs go into the ledger, and stay there.',
            )
      }
      ${fact('roles', 'Your groups become your role', 'They decide what you may ask for, approve or review. Nothing is open yet.')}
      ${fact('back', 'You go back to where you came from', 'This page hands over by itself.')}
      ${fact('dev', 'For trying out', 'This provider belongs to the embedded stack. It knows no passwords and answers on this machine only.')}
    </aside>`,
  );
}

function personButton(person: DemoPerson, first: boolean): string {
  return `<button class="person" name="person" value="${person.id}"${first ? ' autofocus' : ''}>
    <span class="avatar ${person.id}" aria-hidden="true">${initials(person.name)}</span>
    <span class="who"><b>${escaped(person.name)}</b><span>${person.role}</span><small>${person.does}</small></span>
    <svg class="go" viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3.5 10.5 8 6 12.5"/></svg>
  </button>`;
}

export function expired(): Page {
  return message(
    410,
    'This sign-in has ended',
    'It was finished already, or ten minutes have passed. Nothing was signed in.',
    'Go back to Vitrine and press Sign in again.',
  );
}

/** An error of the protocol, first in words, then as the code that helps whoever set the client up. */
export function problem(code: string, description: string | undefined): Page {
  const status = code === 'server_error' ? 500 : 400;
  return message(
    status,
    'This sign-in cannot go on',
    'The request that opened this page was refused. Nobody was signed in, and nothing was changed.',
    'Go back to Vitrine and sign in again. If it happens twice, show the lines below to whoever runs the collector.',
    `<pre>${escaped(code)}${description === undefined ? '' : `\n${escaped(description)}`}</pre>`,
  );
}

export function deviceCode(form: string, wrong: boolean): Page {
  return frame(
    'Enter the code',
    `<div class="single"><h1>Enter the code</h1>
      <p class="lead">Vitrine shows it on the device that wants to sign in.</p>
      ${wrong ? '<p class="note" role="alert">That code is not known, or it has run out. Type it again as Vitrine shows it.</p>' : ''}
      ${withoutScript(form)}
      <div class="under"><button class="primary" form="op.deviceInputForm">Continue</button></div></div>`,
  );
}

export function deviceConfirm(form: string, client: string, code: string): Page {
  return frame(
    'Is this your device?',
    `<div class="single"><h1>Is this your device?</h1>
      <p class="lead">${escaped(client)} must show exactly this code. If it does not, or if you did not ask for it, stop here.</p>
      <p class="code">${escaped(code)}</p>${withoutScript(form)}
      <div class="under"><button class="primary" form="op.deviceConfirmForm" autofocus>It shows this code</button>
        <button class="quiet" form="op.deviceConfirmForm" name="abort" value="yes">Stop</button></div></div>`,
  );
}

export const deviceDone = (): Page =>
  message(200, 'The device is signed in', 'You can go back to Vitrine.', 'This page can be closed.');

export function signOut(form: string): Page {
  return frame(
    'Sign out?',
    `<div class="single"><h1>Sign out?</h1>
      <p class="lead">You will be asked who you are at the next sign-in. Open grants are not affected.</p>${form}
      <div class="under"><button class="primary" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
        <button class="quiet" form="op.logoutForm">Stay signed in</button></div></div>`,
  );
}

export const signedOut = (): Page =>
  message(200, 'You are signed out', 'Nobody is signed in in this browser.', 'This page can be closed.');

function message(status: number, title: string, happened: string, next: string, more = ''): Page {
  const page = frame(
    title,
    `<div class="single"><h1>${title}</h1><p class="lead">${happened}</p><p class="next">${next}</p>${more}</div>`,
  );
  return { ...page, status };
}

const icons = {
  key: '<circle cx="5" cy="11" r="3"/><path d="M7.2 8.8 13.5 2.5M11 5l2 2"/>',
  roles: '<circle cx="8" cy="5" r="2.5"/><path d="M3 14c0-3 2.2-4.5 5-4.5s5 1.5 5 4.5"/>',
  back: '<path d="M6.5 4 2.5 8l4 4M3 8h7a3.5 3.5 0 0 1 3.5 3.5V13"/>',
  dev: '<path d="M6 2h4M7 2v4L3 13.5h10L9 6V2M5 10h6"/>',
} as const;

function fact(icon: keyof typeof icons, title: string, text: string): string {
  return `<div class="fact"><svg viewBox="0 0 16 16" aria-hidden="true">${icons[icon]}</svg><div><b>${title}</b><p>${text}</p></div></div>`;
}

function frame(title: string, body: string): Page {
  return {
    status: 200,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${title} · Vitrine</title>
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<header><svg class="mark" viewBox="0 0 22 22" aria-hidden="true"><rect x="1" y="1" width="20" height="20" rx="4"/><path d="M7 4h3L7 14H4z"/></svg>
<b>Vitrine</b><span class="where">Sign-in</span><span class="chip">embedded provider</span></header>
<main><div class="card">${body}</div></main>
</body>
</html>`,
  };
}

/** The provider's form carries an inline handler, which the CSP forbids and nobody needs. */
function withoutScript(form: string): string {
  return form.replace(/\sonfocus="[^"]*"/, ' aria-label="Code"');
}

function escaped(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => named[character] ?? character);
}
