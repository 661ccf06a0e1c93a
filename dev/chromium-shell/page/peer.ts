/**
 * One end of the bridge between the page's world and the preload's world. Both worlds share one detached DOM node that
 * nobody else can reach; what crosses is the `detail` of an event on it, which Chromium passes from world to world by
 * structured clone. That makes calls synchronous, as Electron's contextBridge is, so that a subscription can return its
 * unsubscribe function at once. Functions and promises cross as numbers that the other end turns back into functions
 * and promises of its own.
 *
 * `makePeer` is sent into the page as source text: it must not refer to anything outside itself.
 */
export interface Peer {
  /** Calls the function that the other end registered under this name. */
  call(name: string, args: readonly unknown[]): unknown;
  /** Makes a function callable from the other end by name. */
  register(name: string, run: (...args: unknown[]) => unknown): void;
}

export function makePeer(node: EventTarget, outgoing: string, incoming: string): Peer {
  type Packed =
    | { v: unknown }
    | { f: number | string }
    | { p: number }
    | { a: Packed[] }
    | { o: [key: string, value: Packed][] };
  type Detail =
    | { kind: 'call'; name: number | string; args: Packed[] }
    | { kind: 'settle'; promise: number; outcome: Outcome };
  type Outcome = { value: Packed } | { error: string };
  type Callable = (...args: unknown[]) => unknown;

  const UNCLONEABLE = 'An object could not be cloned.';
  const { apply } = Reflect;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const CustomEventHere = CustomEvent;

  const local = new Map<number | string, Callable>();
  const idOf = new WeakMap<Callable, number>();
  const foreign = new Map<number | string, Callable>();
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let last = 0;
  /** What the other end answered to the call that has just returned; null when the answer could not be cloned. */
  let answer: Outcome | null | undefined;

  const emit = (name: string, detail: unknown) => apply(dispatchEvent, node, [new CustomEventHere(name, { detail })]);

  const crossesWhole = (value: unknown, above: readonly object[]): boolean => {
    if (typeof value === 'function') return false;
    if (typeof value !== 'object' || value === null) return true;
    if (value instanceof Promise) return false;
    if (above.includes(value)) return true;
    if (!(Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]')) return true;
    const inside = [...above, value];
    return Object.values(value).every((item) => crossesWhole(item, inside));
  };

  const outcomeOf = (error: unknown): Outcome => ({ error: error instanceof Error ? error.message : String(error) });

  function pack(value: unknown): Packed {
    if (crossesWhole(value, [])) return { v: value };
    if (typeof value === 'function') {
      // Any function may be called with anything; the other end packs the arguments.
      const run = value as Callable;
      const id = idOf.get(run) ?? ++last;
      idOf.set(run, id);
      local.set(id, run);
      return { f: id };
    }
    if (value instanceof Promise) {
      const promise = ++last;
      const settle = (outcome: Outcome) => {
        if (!emit2({ kind: 'settle', promise, outcome }))
          emit2({ kind: 'settle', promise, outcome: { error: UNCLONEABLE } });
      };
      value.then(
        (result) => settle({ value: pack(result) }),
        (error: unknown) => settle(outcomeOf(error)),
      );
      return { p: promise };
    }
    if (Array.isArray(value)) return { a: value.map(pack) };
    return { o: Object.entries(Object(value)).map(([key, item]) => [key, pack(item)]) };
  }
  /** Sends a message without an answer; false when it could not be cloned. */
  function emit2(detail: Detail): boolean {
    answer = undefined;
    emit(outgoing, detail);
    return answer !== null;
  }

  function unpack(packed: Packed): unknown {
    if ('v' in packed) return packed.v;
    if ('f' in packed) return proxy(packed.f);
    if ('a' in packed) return packed.a.map(unpack);
    if ('o' in packed) return Object.fromEntries(packed.o.map(([key, item]) => [key, unpack(item)]));
    return new Promise((resolve, reject) => {
      waiting.set(packed.p, (outcome) => {
        if ('error' in outcome) reject(new Error(outcome.error));
        else resolve(unpack(outcome.value));
      });
    });
  }

  function proxy(id: number | string): Callable {
    const known = foreign.get(id);
    if (known) return known;
    const run: Callable = (...args) => call(id, args);
    foreign.set(id, run);
    return run;
  }

  function call(name: number | string, args: readonly unknown[]): unknown {
    const packed = args.map(pack);
    answer = undefined;
    emit(outgoing, { kind: 'call', name, args: packed } satisfies Detail);
    // The listener of the answer ran while the event was dispatched.
    const outcome = answer as Outcome | null | undefined;
    if (outcome === null || outcome === undefined) throw new Error(UNCLONEABLE);
    if ('error' in outcome) throw new Error(outcome.error);
    return unpack(outcome.value);
  }

  function receive(detail: Detail | null): Outcome | null {
    if (detail === null) return null;
    if (detail.kind === 'settle') {
      const settle = waiting.get(detail.promise);
      waiting.delete(detail.promise);
      settle?.(detail.outcome);
      return { value: { v: null } };
    }
    try {
      const run = local.get(detail.name);
      if (!run) throw new Error(`No function ${detail.name} on the other side of the bridge`);
      return { value: pack(run(...detail.args.map(unpack))) };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  apply(addEventListener, node, [
    incoming,
    (event: CustomEvent<Detail | null>) => {
      const outcome = receive(event.detail);
      emit(`${incoming}-answer`, outcome);
    },
  ]);
  apply(addEventListener, node, [
    `${outgoing}-answer`,
    (event: CustomEvent<Outcome | null>) => {
      answer = event.detail;
    },
  ]);

  return { call, register: (name, run) => void local.set(name, run) };
}
