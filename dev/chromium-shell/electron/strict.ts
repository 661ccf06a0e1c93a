/**
 * Nothing passes by accident: a member that the double does not have throws by name the moment it is read, instead of
 * being `undefined` where real Electron would have acted.
 */

/** Members that JavaScript itself looks for on any object: promises, inspection, JSON. */
const ASKED_BY_THE_LANGUAGE = new Set([
  'then',
  'toJSON',
  'constructor',
  'nodeType',
  'inspect',
  '$$typeof',
  '__esModule',
]);

/** Wraps `target` so that reading a member it lacks throws `electron.<name>.<member> is not implemented …`. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key in object || ASKED_BY_THE_LANGUAGE.has(key)) {
        // The receiver is the object itself, because private fields do not exist on a proxy.
        const value: unknown = Reflect.get(object, key, object);
        return isMethod(value) ? bound(object, value) : value;
      }
      throw notImplemented(`${name}.${key}`);
    },
    set(object, key, value) {
      if (typeof key === 'string' && !(key in object)) throw notImplemented(`${name}.${key}`);
      return Reflect.set(object, key, value, object);
    },
  });
}

const bindings = new WeakMap<object, WeakMap<object, unknown>>();
/** The same function every time, so that `x.method === x.method` holds. */
function bound(object: object, method: (...args: never[]) => unknown): unknown {
  let known = bindings.get(object);
  if (!known) {
    known = new WeakMap();
    bindings.set(object, known);
  }
  let result = known.get(method);
  if (!result) {
    result = Function.prototype.bind.call(method, object);
    known.set(method, result);
  }
  return result;
}

const isMethod = (value: unknown): value is (...args: never[]) => unknown =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

export const notImplemented = (what: string): Error =>
  new Error(`electron.${what} is not implemented by the Chromium double (dev/chromium-shell)`);

/** A whole module that the double does not have. */
export const missing = (name: string): object =>
  strict(
    name,
    new Proxy(class {}, {
      construct: () => {
        throw notImplemented(name);
      },
      apply: () => {
        throw notImplemented(name);
      },
    }),
  );
