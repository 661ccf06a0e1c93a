/** Names of types that are not built in: asked of the database beside the user's statement, once, and kept. */
import type { Introspection } from './introspection.ts';
import type { LiveResult } from './result.ts';
import { builtinName } from './types.ts';

export class TypeNames {
  readonly #known = new Map<string, string>();
  readonly #introspection: Introspection;
  constructor(introspection: Introspection) {
    this.#introspection = introspection;
  }

  /** The header shows the number of a type until its name comes. */
  name(result: LiveResult): void {
    const unknown = new Map<string, readonly [number, number]>();
    for (const { type, modifier } of result.fields) {
      const key = `${type}:${modifier}`;
      if (builtinName(type, modifier) !== null) continue;
      const known = this.#known.get(key);
      if (known === undefined) unknown.set(key, [type, modifier]);
      else result.named(type, modifier, known);
    }
    if (unknown.size === 0) return;
    const values = [...unknown.values()].map(([type, modifier]) => `(${type}::oid, ${modifier})`).join(', ');
    this.#introspection
      .query(`select t, m, pg_catalog.format_type(t, m) from (values ${values}) v(t, m)`)
      .then((rows) => {
        for (const [type, modifier, name] of rows) {
          if (name === undefined || name === null) continue;
          this.#known.set(`${type}:${modifier}`, name);
          result.named(Number(type), Number(modifier), name);
        }
      })
      // Only the name in the header is missing then; the number of the type stands there.
      .catch(() => {});
  }
}
