/**
 * Structured clone as text, because the DevTools protocol carries only strings between Node and the page. What
 * `structuredClone` refuses is refused here with Electron's words; what it keeps (dates, maps, cycles, bytes) is kept.
 *
 * `makeCodec` is sent into the page as source text: it must not refer to anything outside itself.
 */
export interface Codec {
  /** Throws `An object could not be cloned.` */
  encode(value: unknown): string;
  decode(text: string): unknown;
}

export function makeCodec(): Codec {
  type Node = readonly [kind: string, ...rest: unknown[]];
  const VIEWS = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ] as const;
  const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const;

  /** True when JSON keeps the value exactly; by far the most frequent case, and fast. */
  function plain(value: unknown, above: Set<object>): boolean {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
    if (typeof value !== 'object' || above.has(value)) return false;
    // Seen twice is not plain either: identity would be lost.
    above.add(value);
    if (Array.isArray(value)) {
      if (Object.keys(value).length !== value.length) return false;
      return value.every((item) => plain(item, above));
    }
    if (Object.getPrototypeOf(value) !== Object.prototype || Object.getOwnPropertySymbols(value).length > 0)
      return false;
    return Object.values(value).every((item) => plain(item, above));
  }

  function toBase64(buffer: ArrayBufferLike): string {
    const bytes = new Uint8Array(buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  }

  function flatten(root: unknown): Node[] {
    const nodes: Node[] = [];
    const places = new Map<object, number>();
    const entries = (value: object) => Object.entries(value).map(([key, item]) => [key, add(item)] as const);
    function add(value: unknown): number {
      if (typeof value === 'object' && value !== null) {
        const place = places.get(value);
        if (place !== undefined) return place;
        const at = nodes.push(['undefined']) - 1;
        places.set(value, at);
        nodes[at] = shapeOf(value);
        return at;
      }
      if (value === undefined) return nodes.push(['undefined']) - 1;
      if (typeof value === 'bigint') return nodes.push(['bigint', String(value)]) - 1;
      if (typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0)))
        return nodes.push(['number', Object.is(value, -0) ? '-0' : String(value)]) - 1;
      return nodes.push(['json', value]) - 1;
    }
    function shapeOf(value: object): Node {
      if (Array.isArray(value)) return ['array', value.length, entries(value)];
      // As text: JSON has no NaN, which is the time of an invalid date.
      if (value instanceof Date) return ['date', String(value.getTime())];
      if (value instanceof RegExp) return ['regexp', value.source, value.flags];
      if (value instanceof Map) return ['map', [...value].map(([key, item]) => [add(key), add(item)])];
      if (value instanceof Set) return ['set', [...value].map(add)];
      if (value instanceof ArrayBuffer) return ['buffer', toBase64(value)];
      if (ArrayBuffer.isView(value)) {
        const length = value instanceof DataView ? value.byteLength : (value as Uint8Array).length;
        const kind = VIEWS.findIndex((View) => value instanceof View);
        return ['view', kind, add(value.buffer), value.byteOffset, length];
      }
      if (value instanceof Error) {
        const cause = 'cause' in value ? [add(value.cause)] : [];
        return ['error', value.name, value.message, value.stack ?? '', ...cause];
      }
      if (value instanceof Boolean || value instanceof Number || value instanceof String)
        return ['box', add(value.valueOf())];
      if (Object.prototype.toString.call(value) !== '[object Object]')
        throw new Error('An object could not be cloned.');
      return ['object', entries(value)];
    }
    add(root);
    return nodes;
  }

  function unflatten(nodes: readonly Node[]): unknown {
    const made = new Map<number, unknown>();
    // Only `flatten` writes these nodes, on the other side of a channel that nothing else can reach.
    const get = (at: unknown) => (made.has(at as number) ? made.get(at as number) : make(at as number));
    const keep = <T>(at: number, value: T): T => {
      made.set(at, value);
      return value;
    };
    const fill = <T extends object>(into: T, pairs: unknown): T => {
      for (const [key, at] of pairs as [string, number][])
        Object.defineProperty(into, key, { value: get(at), writable: true, enumerable: true, configurable: true });
      return into;
    };
    function make(at: number): unknown {
      const [kind, a, b, c, d] = nodes[at] ?? ['undefined'];
      switch (kind) {
        case 'undefined':
          return keep(at, undefined);
        case 'json':
          return keep(at, a);
        case 'bigint':
          return keep(at, BigInt(a as string));
        case 'number':
          return keep(at, Number(a));
        case 'date':
          return keep(at, new Date(Number(a)));
        case 'regexp':
          return keep(at, new RegExp(a as string, b as string));
        case 'array':
          return fill(keep(at, new Array(a as number)), b);
        case 'object':
          return fill(keep(at, {}), a);
        case 'map': {
          const map = keep(at, new Map());
          for (const [key, item] of a as [number, number][]) map.set(get(key), get(item));
          return map;
        }
        case 'set': {
          const set = keep(at, new Set());
          for (const item of a as number[]) set.add(get(item));
          return set;
        }
        case 'buffer':
          return keep(at, Uint8Array.from(atob(a as string), (char) => char.charCodeAt(0)).buffer);
        case 'view': {
          // All views are made the same way, which TypeScript cannot say of a union of constructors.
          const View = (VIEWS[a as number] ?? Uint8Array) as Uint8ArrayConstructor;
          return keep(at, new View(get(b) as ArrayBuffer, c as number, d as number));
        }
        case 'error': {
          const Kind = ERRORS.find((candidate) => candidate.name === a) ?? Error;
          const error = keep(at, new Kind(b as string));
          Object.defineProperty(error, 'stack', { value: c, writable: true, configurable: true });
          if (d !== undefined)
            Object.defineProperty(error, 'cause', { value: get(d), writable: true, configurable: true });
          return error;
        }
        default:
          return keep(at, Object(get(a)));
      }
    }
    return get(0);
  }

  return {
    encode(value) {
      if (plain(value, new Set())) return `j${JSON.stringify(value)}`;
      let copy: unknown;
      try {
        copy = structuredClone(value);
      } catch {
        // The browser's own text differs from release to release; this one is Electron's.
        throw new Error('An object could not be cloned.');
      }
      return `c${JSON.stringify(flatten(copy))}`;
    },
    decode(text) {
      const body: unknown = JSON.parse(text.slice(1));
      return text.startsWith('j') ? body : unflatten(body as Node[]);
    },
  };
}
