/**
 * Minting: asked for by one approver, confirmed by another, and then, in this order: the grant signed and in the ledger, the
 * role made and verified, its credentials sealed, the opening key told once. Whatever fails ends the envelope and leaves no
 * role. The password and the opening key exist in this process only while it seals. (I3, I4, I6)
 */
import * as crypto from 'node:crypto';
import { x25519 } from '@noble/curves/ed25519.js';
import type { z } from 'zod';
import type { EnvelopeAsk, envelopeContent } from '../../shared/api-envelope.ts';
import { fromBase64url, toBase64url, utf8 } from '../../shared/encoding.ts';
import { OPENING_KEY, spell } from '../../shared/envelope.ts';
import { sealCrypto } from '../../shared/envelope-crypto.ts';
import { newOpeningKey, seal } from '../../shared/envelope-seal.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { signClaims } from '../grants/jws.ts';
import type { Actor } from '../grants/machine.ts';
import { overdueReviews } from '../grants/store.ts';
import { ProblemError, problem } from '../server/problem.ts';
import { newPassword, newRoleName, type Targets } from '../targets/index.ts';
import type { EnvelopeFlows } from './flows.ts';
import { refusal } from './flows.ts';
import { asked, confirmedBy, type Envelope, isEnough, notConfirming } from './machine.ts';
import { chosen, deviceFor, newestToken, offlineLimits, sealable } from './offers.ts';
import { countOpen, insert, load } from './store.ts';

type MintDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'policy' | 'keys' | 'config' | 'log' | 'now'> & {
  readonly targets: Pick<Targets, 'createRole'>;
  readonly flows: EnvelopeFlows;
  /** Takes away what an envelope that has ended may have left on its target. */
  readonly clean: (envelope: Envelope) => Promise<void>;
};

export interface Mint {
  ask(wanted: EnvelopeAsk, by: Actor): Promise<Envelope>;
  /** The opening key is there only with the last confirmation. */
  confirm(id: string, by: Actor): Promise<{ envelope: Envelope; openingKey: string | null }>;
}

/** Each is a credential in waiting; more than this on one laptop is a habit. */
const MOST_PER_DEVICE = 3;
/** A review becomes due even where the severity asks for none. */
const REVIEW_HOURS = 24;

const sealing = sealCrypto(crypto, x25519);
const sha256 = (text: string): string => crypto.createHash('sha256').update(text).digest('base64url');

export function openMint(deps: MintDeps): Mint {
  const { store, ledger, policy, keys, config, targets, flows, clean, log } = deps;

  return {
    async ask(wanted, by) {
      const device = await deviceFor(store, wanted.device);
      if (device === null)
        throw problem(404, 'not_found', 'There is no such device, or it was revoked', { field: 'device' });
      if (device.sub === by.sub)
        throw problem(409, 'own_envelope', 'You cannot ask for an envelope for yourself', {
          hint: 'Two other approvers have to.',
        });
      const current = policy.current();
      const found = chosen(sealable(current, device.groups), wanted);
      const severity = current.severities.get(wanted.severity);
      const target = current.targets.get(wanted.target);
      const scope = current.scopes.get(wanted.scope)?.scope;
      if (found === undefined || severity === undefined || target === undefined || scope === undefined)
        throw problem(403, 'not_sealable', 'The policy does not let this be sealed for this person', {
          field: 'scope',
          hint: 'Pick one of those that are offered; an operator can change the policy.',
        });
      if (device.x === null)
        throw problem(409, 'device_not_ready', `${device.name} has not told its key for envelopes yet`, {
          field: 'device',
          hint: `${device.person} has to sign in with the app once; then ask again.`,
        });
      if ((await overdueReviews(store, device.sub, deps.now())) > 0)
        throw problem(403, 'overdue_review', `Reviews of ${device.person}’s earlier access are overdue`, {
          field: 'device',
          hint: 'Have them signed first.',
        });
      if ((await countOpen(store, device.jkt)) >= MOST_PER_DEVICE)
        throw problem(409, 'too_many', `${device.name} holds ${MOST_PER_DEVICE} envelopes already`, {
          field: 'device',
          hint: 'Withdraw one of them first.',
        });
      const { envelope, records } = asked({
        id: toBase64url(sealing.random(16)),
        holder: { sub: device.sub, name: device.person, idt: await newestToken(store, device.jkt) },
        jkt: device.jkt,
        target: { id: target.id, label: target.label, environment: target.environment },
        scope,
        severity: severity.id,
        minutes: found.minutes,
        days: found.days,
        limits: offlineLimits(severity.limits, found.minutes),
        reviewHours: severity.reviewHours ?? REVIEW_HOURS,
        policy: current.hash,
        reason: wanted.reason,
        askedBy: by,
        askedAt: flows.now(),
      });
      await ledger.append(records, (tx) => insert(tx, envelope));
      return envelope;
    },

    async confirm(id, by) {
      const { envelope: before } = await load(store, id);
      const at = flows.now();
      const why = notConfirming(before, by, at);
      if (why?.kind === 'refused') throw refusal(why);
      const confirmed = confirmedBy(before, by, at);
      if (!isEnough(confirmed)) {
        const { envelope } = await flows.move(id, { type: 'confirm', at, by, seal: null });
        return { envelope, openingKey: null };
      }
      const device = await stillGood(confirmed);
      const role = newRoleName();
      const until = (Math.floor(at / 1000) + confirmed.days * 86_400) * 1000;
      const jws = await signClaims(claimsOf(confirmed, config.publicUrl, at, until), keys.grant);
      await flows.move(id, { type: 'confirm', at, by, seal: { role, until, jws } }, { jws });
      try {
        return await sealRole({ ...confirmed, role, until }, jws, device.x);
      } catch (error) {
        const { envelope } = await flows.move(id, { type: 'fail', at: flows.now() });
        await clean(envelope);
        throw explained(error, confirmed);
      }
    },
  };

  /** What was frozen when it was asked for has to hold when it is sealed. */
  async function stillGood(envelope: Envelope): Promise<{ readonly x: string }> {
    const current = policy.current();
    const device = await deviceFor(store, envelope.jkt);
    const x = device?.x ?? null;
    if (device === null || x === null)
      throw problem(409, 'device_gone', 'This device was revoked meanwhile', { hint: 'Withdraw this envelope.' });
    const wanted = { target: envelope.target.id, scope: envelope.scope.id, severity: envelope.severity };
    const found = chosen(sealable(current, device.groups), wanted);
    if (current.hash !== envelope.policy || found === undefined)
      throw problem(409, 'policy_changed', 'The policy has changed since this was asked for', {
        hint: 'Withdraw this envelope and ask for a new one.',
      });
    return { x };
  }

  async function sealRole(
    envelope: Envelope & { readonly role: string; readonly until: number },
    jws: string,
    x: string,
  ) {
    const { id, jkt, scope, limits, role, until } = envelope;
    const target = policy.current().targets.get(envelope.target.id);
    if (target === undefined) throw new Fault('no_target', 'The target has left the policy.');
    const password = newPassword();
    const remainingMs = (): number => until - flows.now();
    const created = await targets.createRole(target.id, {
      name: role,
      password,
      grant: id,
      scope,
      limits,
      remainingMs,
    });
    if (created.warnings.length > 0) log.warn({ envelope: id, warnings: created.warnings }, 'every role can do this');
    const { host, port, database, tls } = target;
    const inside: z.infer<typeof envelopeContent> = {
      host,
      port,
      database,
      user: role,
      password,
      tls: { mode: tls.mode, ca: tls.ca, server_name: tls.serverName },
    };
    const openingKey = newOpeningKey(sealing);
    const recipient = fromBase64url(x);
    const content = utf8(JSON.stringify(inside));
    const sealed = await seal({ id, dev: jkt, grant: sha256(jws), recipient, openingKey, content }, sealing);
    const done = { type: 'sealed', at: flows.now(), tables: created.tables } as const;
    const moved = await flows.move(id, done, { sealed: JSON.stringify(sealed) });
    return { envelope: moved.envelope, openingKey: spell(openingKey, OPENING_KEY) };
  }

  function explained(error: unknown, { id, target }: Envelope): unknown {
    if (error instanceof ProblemError) return error;
    if (error instanceof Fault)
      return problem(409, error.code, error.message, { hint: error.hint ?? 'Tell an operator, then ask again.' });
    log.error({ err: error, envelope: id, target: target.id }, 'an envelope could not be sealed');
    return problem(503, 'target_unavailable', `${target.label} could not be prepared`, {
      detail: 'The database did not answer as it should. Nothing was sealed, and nothing is left on it.',
      hint: 'Ask for a new envelope; tell an operator when it stays.',
    });
  }
}

/** `exp` is how long it can be opened; the minutes after the opening stand in `offline`. */
function claimsOf(envelope: Envelope, issuer: string, at: number, until: number): GrantClaims {
  const second = Math.floor(at / 1000);
  return {
    iss: issuer,
    sub: envelope.holder.sub,
    name: envelope.holder.name,
    jti: envelope.id,
    iat: second,
    nbf: second,
    exp: until / 1000,
    cnf: { jkt: envelope.jkt },
    target: envelope.target,
    scope: envelope.scope,
    severity: envelope.severity,
    // The incident does not exist yet; the record of the opening names it.
    ticket: 'OFFLINE-0',
    reason: envelope.reason,
    approvals: [...envelope.confirmations],
    limits: envelope.limits,
    policy: envelope.policy,
    offline: { minutes: envelope.minutes },
  };
}
