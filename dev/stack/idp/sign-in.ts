/** A browser without a screen, for tests and the story: follows redirects, keeps cookies, chooses a person. */

export interface UserAgent {
  /**
   * Opens an address (such as an authorization request), signs in as this person where a page asks, and stops at the
   * first address that does not belong to the provider: that address is the answer.
   */
  signIn(url: string, person: string): Promise<URL>;
  /** Types a device's code on the provider's page, confirms it and signs in as this person; answers with the last page. */
  confirmCode(verificationUri: string, userCode: string, person: string): Promise<string>;
  /** Fetches with this agent's cookies; redirects are not followed. */
  fetch(url: URL | string, init?: { method?: string; body?: URLSearchParams }): Promise<Response>;
}

export function openUserAgent(): UserAgent {
  const jar = new Map<string, string>();

  const fetchWithCookies: UserAgent['fetch'] = async (url, init = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };

  /** Follows redirects within the provider and chooses the person where a page asks; answers with the page it ends on. */
  const follow = async (response: Response, from: URL, person: string): Promise<Response> => {
    let at = from;
    for (let step = 0; step < 12; step++) {
      const location = response.headers.get('location');
      if (location === null) return response;
      at = new URL(location, at);
      const shown = await fetchWithCookies(at);
      const asks = at.pathname.startsWith('/sign-in/') && shown.status === 200;
      response = asks ? await fetchWithCookies(at, { method: 'POST', body: new URLSearchParams({ person }) }) : shown;
    }
    throw new Error('The sign-in went round in circles.');
  };

  /** Sends the form that a page shows, with these fields filled in. */
  const submit = async (at: URL, html: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const form = new URLSearchParams(fields);
    for (const [, name = '', value = ''] of html.matchAll(/name="(\w+)" value="([^"]*)"/g)) {
      if (name !== 'abort' && !form.has(name)) form.set(name, value);
    }
    const action = /action="([^"]+)"/.exec(html)?.[1] ?? '';
    return fetchWithCookies(new URL(action, at), { method: 'POST', body: form });
  };

  return {
    fetch: fetchWithCookies,
    async confirmCode(verificationUri, userCode, person) {
      const at = new URL(verificationUri);
      const asked = await (await fetchWithCookies(at)).text();
      const confirm = await (await submit(at, asked, { user_code: userCode })).text();
      if (!confirm.includes(userCode)) throw new Error(`The code was not taken: ${textOf(confirm)}`);
      return (await follow(await submit(at, confirm), at, person)).text();
    },
    async signIn(url, person) {
      const provider = new URL(url).origin;
      let at = new URL(url);
      for (let step = 0; step < 12; step++) {
        const asks = at.pathname.startsWith('/sign-in/');
        const shown = await fetchWithCookies(at);
        const response =
          asks && shown.status === 200
            ? await fetchWithCookies(at, { method: 'POST', body: new URLSearchParams({ person }) })
            : shown;
        const location = response.headers.get('location');
        if (location === null)
          throw new Error(`${at.pathname} answered ${response.status}: ${textOf(await response.text())}`);
        at = new URL(location, at);
        if (at.origin !== provider) return at;
      }
      throw new Error('The sign-in went round in circles.');
    },
  };
}

const textOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
