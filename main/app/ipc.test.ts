import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/errors.ts';
import { calls, events, type UserError } from '../../shared/ipc.ts';
import { callNames, eventNames } from '../../shared/ipc-names.ts';
import { type CallEvent, type Handlers, refusedSender, registerCalls } from './ipc.ts';

const HOME = 'app://vitrine/index.html';
const good: CallEvent = { senderFrame: { url: HOME, parent: null }, sender: { id: 1 } };
const known = (id: number) => id === 1;

/** A hub whose handlers record that they ran. */
function hub(handlers: Partial<Handlers>) {
  const channels = new Map<string, (event: CallEvent, ...args: unknown[]) => Promise<unknown>>();
  const ran: string[] = [];
  const logged: string[] = [];
  const all = Object.fromEntries(
    callNames.map((name) => [
      name,
      (...args: unknown[]) => {
        ran.push(name);
        // The test calls what it has given.
        const given = handlers[name] as ((...args: unknown[]) => unknown) | undefined;
        return given ? given(...args) : null;
      },
    ]),
  );
  registerCalls(
    { handle: (name, listener) => channels.set(name, listener) },
    () => all as unknown as Handlers,
    (event) => refusedSender(event, known),
    (message, error) => logged.push(`${message} ${error instanceof Error ? error.message : ''}`),
  );
  return { channels, ran, logged, call: (name: string, ...args: unknown[]) => channels.get(name)?.(good, ...args) };
}
const error = (result: unknown): UserError => {
  expect(result).toMatchObject({ ok: false });
  return (result as { error: UserError }).error;
};

describe('the sender of a call', () => {
  const disposed: CallEvent = {
    get senderFrame(): never {
      throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    },
    sender: { id: 1 },
  };
  const frame = (url: string, parent: object | null = null, id = 1): CallEvent => ({
    senderFrame: { url, parent },
    sender: { id },
  });

  it('is accepted from the main frame of our own window', () => {
    expect(refusedSender(good, known)).toBeNull();
  });

  it.each<[string, CallEvent]>([
    ['a null frame', { senderFrame: null, sender: { id: 1 } }],
    ['a frame that was disposed meanwhile', disposed],
    ['a subframe', frame(HOME, { url: HOME })],
    ['an unknown window', frame(HOME, null, 2)],
    ['an empty address', frame('')],
    ['about:blank', frame('about:blank')],
    ['about:srcdoc', frame('about:srcdoc')],
    ['a foreign origin', frame('https://evil.example/')],
    ['a look-alike host', frame('app://vitrine.evil/index.html')],
    ['another host of our scheme', frame('app://other/index.html')],
    ['our host with a port', frame('app://vitrine:80/index.html')],
    ['our host with credentials', frame('app://x@vitrine/index.html')],
    ['our host under https', frame('https://vitrine/index.html')],
    ['a file', frame('file:///app/index.html')],
    ['a data address', frame('data:text/html,<p>')],
    ['an error page', frame('chrome-error://chromewebdata/')],
  ])('is refused when it is %s, on every channel and without running anything (I7)', async (_what, event) => {
    const { channels, ran, logged } = hub({});
    expect(refusedSender(event, known)).not.toBeNull();
    for (const [, listener] of channels) expect(error(await listener(event)).code).toBe('refused_sender');
    expect(ran).toEqual([]);
    expect(logged).toHaveLength(callNames.length);
  });
});

describe('a call', () => {
  it('has a channel for every name of the contract and no other', () => {
    expect([...hub({}).channels.keys()].sort()).toEqual(Object.keys(calls).sort());
    expect([...eventNames].sort()).toEqual(Object.keys(events).sort());
  });

  it.each(callNames)('%s refuses arguments of the wrong type (I7)', async (name) => {
    const { call, ran } = hub({});
    for (const args of [[Symbol.iterator], [1, 2, 3], [{ result: 1 }], [null, null], [{ kind: 'other' }]])
      expect(error(await call(name, ...args)).code).toBe('bad_argument');
    expect(ran).toEqual([]);
  });

  it('never throws and never runs a handler with what the contract does not allow (I7)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...callNames), fc.array(fc.anything(), { maxLength: 3 }), async (name, args) => {
        const { call, ran } = hub({});
        const result = await call(name, ...args);
        expect(result).toHaveProperty('ok');
        if (ran.length > 0) expect(calls[name].args.safeParse(args).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('does not repeat the value that it refuses: it may be a passphrase (I7)', async () => {
    const { call, logged } = hub({});
    const result = await call('chooseKey', { kind: 'passphrase', passphrase: 'hunter2', hunter2: 'hunter2' });
    expect(JSON.stringify([result, logged])).not.toContain('hunter2');
  });

  it('passes a Fault on, cut to the contract’s lengths', async () => {
    const { call } = hub({
      handBack: async () => {
        throw new Fault('offline', `No answer. ${'x'.repeat(5000)}`, 'Try again.');
      },
    });
    const { code, message, hint } = error(await call('handBack'));
    expect([code, message.length, hint]).toEqual(['offline', 2000, 'Try again.']);
  });

  it('hides what any other error says, and logs it (I7)', async () => {
    const { call, logged } = hub({
      handBack: async () => {
        throw new Error('password=hunter2 at /home/somebody');
      },
    });
    const result = await call('handBack');
    expect(error(result).code).toBe('internal');
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(logged.join()).toContain('hunter2');
  });

  it('does not show a result that breaks the contract (I7)', async () => {
    // The types forbid it; a defect does not read types.
    const wrong = (() => ({ version: 1, secret: 'hunter2' })) as unknown as Handlers['getInfo'];
    const { call } = hub({ getInfo: wrong });
    const result = await call('getInfo');
    expect(error(result).code).toBe('internal');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('refuses a result with a field that the contract does not name (I7)', async () => {
    const leaky = (() => ({
      version: '1',
      build: 'b',
      platform: 'linux',
      packaged: false,
      token: 'hunter2',
    })) as Handlers['getInfo'];
    expect(JSON.stringify(await hub({ getInfo: leaky }).call('getInfo'))).not.toContain('hunter2');
  });

  it('answers with the value of its handler', async () => {
    const { call } = hub({ splitSql: (text) => [{ start: 0, end: text.length }] });
    expect(await call('splitSql', 'select 1')).toEqual({ ok: true, value: [{ start: 0, end: 8 }] });
  });

  it('waits until main is wired', async () => {
    const wired = Promise.withResolvers<Handlers>();
    const channels = new Map<string, (event: CallEvent, ...args: unknown[]) => Promise<unknown>>();
    registerCalls(
      { handle: (name, listener) => channels.set(name, listener) },
      () => wired.promise,
      () => null,
      () => undefined,
    );
    const answer = channels.get('handBack')?.(good);
    wired.resolve({ handBack: () => null } as unknown as Handlers);
    expect(await answer).toEqual({ ok: true, value: null });
  });
});
