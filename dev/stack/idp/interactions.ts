/** Who signs in, and with what right: the pages that stand between an authorization request and its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { acrValues, appClientId } from './clients.ts';
import * as pages from './pages.ts';
import { personById } from './people.ts';

const largestForm = 4096;

/** Answers `/sign-in/:uid`; false when the address is somebody else's to answer. */
export async function answerInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? '/', provider.issuer);
  if (!pathname.startsWith('/sign-in/')) return false;
  try {
    await answer(provider, request, response);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    pages.write(response, pages.expired());
  }
  return true;
}

async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === 'consent') return grantAll(provider, request, response, details);

  const client = await provider.Client.find(String(details.params.client_id));
  const again = details.session?.accountId === undefined ? undefined : personById(details.session.accountId);
  const page = {
    uid: details.uid,
    client: client?.clientName ?? 'Vitrine',
    onDevice: client?.clientId === appClientId,
    again,
  };
  if (request.method !== 'POST') return pages.write(response, pages.signIn(page));

  const form = await readForm(request);
  if (form === null)
    return pages.write(response, pages.problem('invalid_request', 'The form was not sent by this page.'));
  if (form.has('cancel')) {
    const result = { error: 'access_denied', error_description: 'The sign-in was cancelled.' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const person = personById(form.get('person') ?? '');
  if (person === undefined) {
    return pages.write(
      response,
      pages.signIn({ ...page, problem: 'Nobody of that name is known here. Choose one of these.' }),
    );
  }
  const asked = String(details.params.acr_values ?? '').split(' ');
  const acr = acrValues.find((value) => asked.includes(value)) ?? acrValues[0];
  const amr = acr === acrValues[0] ? ['user'] : ['user', 'mfa'];
  return provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.id, acr, amr, remember: true } },
    { mergeWithLastSubmission: false },
  );
}

/** First-party clients get what they ask for; the provider still wants it written down as a grant. */
async function grantAll(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  details: Awaited<ReturnType<Provider['interactionDetails']>>,
): Promise<void> {
  const known = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId);
  const accountId = details.session?.accountId;
  if (accountId === undefined) throw new errors.SessionNotFound('nobody is signed in');
  const grant = known ?? new provider.Grant({ accountId, clientId: String(details.params.client_id) });
  // What the provider found missing, by its documentation.
  const missing = details.prompt.details as { missingOIDCScope?: string[]; missingOIDCClaims?: string[] };
  if (missing.missingOIDCScope !== undefined) grant.addOIDCScope(missing.missingOIDCScope.join(' '));
  if (missing.missingOIDCClaims !== undefined) grant.addOIDCClaims(missing.missingOIDCClaims);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

/** A form of our own page; null when another site sent it or it is too large. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return null;
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > largestForm) return null;
  }
  return new URLSearchParams(body);
}
