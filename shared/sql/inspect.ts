/**
 * One walk over a parse tree, which collects everything that the gate decides on: effects, functions, tables, settings,
 * and what happens to the names of prepared statements. What a function, an operator or a view does inside is not in the
 * tree; the database role and its read-only transactions fence that (docs/threat-model.md).
 */
import { type Danger, dangerOf } from './danger.ts';
import { type Effect, explainRuns, selectEffects, statementEffect, transactionEffect } from './effects.ts';
import { calledByDot, functionEffect, sqlArgumentsOf } from './functions.ts';
import { type Node, parse } from './parser.ts';
import type { Setting } from './settings.ts';
import { constantOf, isNode, list, locationOf, stringOf, textConstantOf, unwrap, walk, word } from './tree.ts';

/** What a statement does to the names that a session knows; `statement` counts the top-level statements from 0. */
export type NameStep =
  | { readonly do: 'prepare'; readonly name: string; readonly statement: number; readonly deeds: Deeds }
  | { readonly do: 'execute'; readonly name: string; readonly statement: number; readonly at: number | null }
  /** DEALLOCATE; null: all of them. */
  | { readonly do: 'deallocate'; readonly name: string | null; readonly statement: number }
  /** FETCH and MOVE of a cursor. */
  | { readonly do: 'fetch'; readonly name: string; readonly statement: number; readonly at: number | null }
  /** CLOSE; null: all of them. */
  | { readonly do: 'close'; readonly name: string | null; readonly statement: number };

export interface Deeds {
  /** What it does besides answering, in the order of the text: writes, locks, signals, … */
  readonly effects: readonly Effect[];
  /** Changes data or definitions, as far as the text shows: what a function, DO block or CALL does is not seen. */
  readonly writes: boolean;
  /** A shape that asks for a confirmation; the first one of the text. */
  readonly dangerous: Danger | null;
  /** Functions that it calls by name, as written: `now`, `shop.total`. */
  readonly functions: readonly string[];
  /** As written, `schema.table` or `table`; names of CTEs left out. */
  readonly tables: readonly string[];
  /** Settings that it changes. */
  readonly settings: readonly Setting[];
  /** What it does to the names of prepared statements and cursors, in the order of the text. */
  readonly names: readonly NameStep[];
}

const WRITING: ReadonlySet<Effect['kind']> = new Set(['write', 'define', 'role', 'privileges']);

/** SQL inside SQL inside SQL: nobody means that. */
const MAX_DEPTH = 3;

export function inspect(statements: readonly { readonly stmt: Node; readonly start: number }[]): Deeds {
  const inspection = new Inspection();
  for (const [i, { stmt, start }] of statements.entries()) inspection.statement(stmt, start, i);
  const facts = inspection.facts();
  return {
    ...facts,
    writes: facts.effects.some(({ kind }) => WRITING.has(kind)),
    // Whatever is dangerous has an effect.
    dangerous: facts.effects.length === 0 ? null : worst(statements),
  };
}

function worst(statements: readonly { readonly stmt: Node }[]): Danger | null {
  for (const { stmt } of statements) {
    const danger = dangerOf(stmt);
    if (danger !== null) return danger;
  }
  return null;
}

/** Not the fields `selectStmt` and `stmt`, in which a statement stands wrapped. */
const isStatement = (name: string): boolean => name.endsWith('Stmt') && name < 'a';

class Inspection {
  readonly #effects: Effect[] = [];
  readonly #functions = new Set<string>();
  readonly #tables = new Set<string>();
  readonly #settings: Setting[] = [];
  readonly #names: NameStep[] = [];
  #statement = 0;
  #start: number | null = null;
  /** Depth of SQL given as text, and the place of the outermost call that runs it. */
  #depth = 0;
  #pinned: number | null = null;
  /** Under an EXPLAIN that runs nothing. */
  #dormant = false;

  facts(): Omit<Deeds, 'writes' | 'dangerous'> {
    return {
      effects: this.#effects,
      functions: [...this.#functions],
      tables: [...this.#tables],
      settings: this.#settings,
      names: this.#names,
    };
  }

  statement(stmt: Node, start: number, index: number): void {
    this.#statement = index;
    this.#start = start;
    let inner: unknown = stmt;
    let [name, body] = unwrap(inner);
    this.#dormant = false;
    while (name === 'ExplainStmt') {
      if (!explainRuns(body)) this.#dormant = true;
      inner = body.query;
      [name, body] = unwrap(inner);
    }
    if (name === 'PrepareStmt') this.#prepare(body);
    this.#walk(inner);
  }

  #prepare(body: Node): void {
    const deeds = inspect([{ stmt: isNode(body.query) ? body.query : {}, start: this.#start ?? 0 }]);
    this.#names.push({ do: 'prepare', name: word(body.name), statement: this.#statement, deeds });
  }

  #walk(tree: unknown): void {
    const common = new Set<string>();
    const bare: string[] = [];
    walk(tree, (name, body) => {
      if (typeof body.relname === 'string') {
        const schema = word(body.schemaname);
        if (schema === '') bare.push(body.relname);
        else this.#tables.add(`${schema}.${body.relname}`);
      } else if (typeof body.ctename === 'string') common.add(body.ctename);
      if (this.#dormant) return true;
      if (body.intoClause !== undefined || body.lockingClause !== undefined)
        this.#add(selectEffects(body, this.#start));
      if (isStatement(name)) return this.#inStatement(name, body);
      if (Array.isArray(body.funcname)) this.#call(body);
      else if (Array.isArray(body.fields)) this.#dots(body.fields.slice(1), locationOf(body));
      else if (Array.isArray(body.indirection)) this.#dots(body.indirection, null);
      return true;
    });
    for (const table of bare) if (!common.has(table)) this.#tables.add(table);
  }

  #add(effects: readonly (Effect | null)[]): void {
    for (const effect of effects) if (effect !== null) this.#effects.push({ ...effect, at: this.#place(effect.at) });
  }

  /** In the text itself: what SQL given as text does is done by the call that runs it. */
  #place(at: number | null): number | null {
    return this.#depth === 0 ? at : this.#pinned;
  }

  #setting(name: string | null, value: string | null, reset: boolean, at: number | null): void {
    this.#settings.push({ name, value, reset, at: this.#place(at) });
  }

  #inStatement(name: string, body: Node): boolean {
    this.#add([statementEffect(name, body, this.#start)]);
    switch (name) {
      case 'VariableSetStmt':
        this.#set(body);
        return true;
      case 'AlterRoleSetStmt':
      case 'AlterDatabaseSetStmt':
      case 'AlterSystemStmt':
        // Refused as they are; the setting inside is not one of this session.
        return false;
      case 'TransactionStmt':
        this.#add([transactionEffect(body, this.#start)]);
        this.#modes(body.options, '');
        return true;
      case 'ExecuteStmt':
        this.#step({ do: 'execute', name: word(body.name), at: this.#start });
        return true;
      case 'DeallocateStmt':
        this.#step({ do: 'deallocate', name: body.isall === true ? null : word(body.name) });
        return true;
      case 'DiscardStmt':
        if (body.target !== 'DISCARD_ALL') return true;
        this.#step({ do: 'deallocate', name: null });
        this.#step({ do: 'close', name: null });
        return true;
      case 'FetchStmt':
        this.#step({ do: 'fetch', name: word(body.portalname), at: this.#start });
        return true;
      case 'ClosePortalStmt':
        this.#step({ do: 'close', name: word(body.portalname) || null });
        return true;
      case 'DropStmt':
        if (body.removeType === 'OBJECT_TABLE')
          for (const object of list(body.objects))
            this.#tables.add(list(unwrap(object)[1].items).map(stringOf).join('.'));
        return true;
      case 'UpdateStmt':
      case 'MergeStmt':
        // The view has a rule that turns an UPDATE into set_config, for everybody.
        if (isNode(body.relation) && body.relation.relname === 'pg_settings')
          this.#setting(null, null, false, locationOf(body.relation));
        return true;
      default:
        return true;
    }
  }

  #step(
    step:
      | { do: 'execute' | 'fetch'; name: string; at: number | null }
      | { do: 'deallocate' | 'close'; name: string | null },
  ): void {
    this.#names.push({ ...step, statement: this.#statement });
  }

  #call(body: Node): void {
    const parts = list(body.funcname).map(stringOf);
    const name = parts.at(-1) ?? '';
    const args = list(body.args);
    const at = locationOf(body);
    this.#functions.add(parts.join('.'));
    if (name === 'set_config') {
      const [setting, value] = body.func_variadic === true ? [] : args;
      this.#setting(textConstantOf(setting)?.toLowerCase() ?? null, textConstantOf(value), false, at);
      return;
    }
    this.#effectOf(parts.at(-2) ?? '', name, at);
    for (const place of sqlArgumentsOf(name, args.length) ?? [])
      if (place < args.length) this.#sql(name, args[place], at);
  }

  #effectOf(schema: string, name: string, at: number | null): void {
    const kind = functionEffect(schema, name);
    if (kind !== null) this.#add([{ kind, what: `${name}()`, at }]);
  }

  /** `a.f`, `(a).f`: the same as f(a) where a has no column f. */
  #dots(fields: readonly unknown[], at: number | null): void {
    for (const field of fields) {
      const name = stringOf(field);
      if (name === '' || !calledByDot(name)) continue;
      this.#functions.add(name);
      this.#effectOf('', name, at ?? this.#start);
      if (sqlArgumentsOf(name, 1) !== null) this.#sql(name, null, at);
    }
  }

  /** SQL that a function runs: read like the rest where it is a constant. */
  #sql(caller: string, argument: unknown, at: number | null): void {
    const text = textConstantOf(argument);
    // `crosstab(sql, 3)`: an old form with a number that means nothing.
    if (text !== null && caller.startsWith('crosstab') && /^\d+$/.test(text)) return;
    const parsed = text === null || this.#depth >= MAX_DEPTH ? null : parse(text);
    if (parsed === null || !parsed.ok) {
      this.#add([{ kind: 'opaque', what: `${caller}() with SQL that is made at run time`, at }]);
      return;
    }
    if (this.#depth === 0) this.#pinned = at;
    this.#depth++;
    for (const { stmt } of parsed.statements) this.#walk(stmt);
    this.#depth--;
  }

  #set(body: Node): void {
    const kind = word(body.kind);
    const name = word(body.name).toLowerCase();
    if (kind === 'VAR_RESET_ALL') return;
    if (kind === 'VAR_SET_MULTI') {
      this.#modes(body.args, name === 'session characteristics' ? 'default_' : '');
      return;
    }
    const args = list(body.args);
    const value = kind === 'VAR_SET_VALUE' && args.length === 1 ? constantOf(args[0]) : null;
    const reset = kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT';
    this.#setting(name, value, reset, this.#start);
  }

  /** The modes of BEGIN and SET TRANSACTION are settings by other names. */
  #modes(options: unknown, prefix: string): void {
    for (const option of list(options)) {
      const [, element] = unwrap(option);
      const name = word(element.defname);
      if (name === '') continue;
      this.#setting(`${prefix}${name}`, constantOf(element.arg), false, locationOf(element));
    }
  }
}
