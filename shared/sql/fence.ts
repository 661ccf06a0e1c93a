/**
 * Settings with which a session would leave what its grant fences: another role, no statement timeout, or a lexical
 * mode in which the server reads a text differently from the parser that classified it. The database role is the real
 * fence; this explains early.
 */
import type { Node } from './parser.ts';
import { constantOf, list, stringOf, walk, word } from './tree.ts';

const forbidden = new Set(['role', 'session_authorization', 'transaction_timeout', 'idle_session_timeout']);
const timeouts = new Set(['statement_timeout', 'idle_in_transaction_session_timeout']);

function leaves(setting: string, value: string | null, reset: boolean): boolean {
  const name = setting.toLowerCase();
  if (forbidden.has(name)) return !reset;
  if (timeouts.has(name)) return !reset;
  if (name === 'standard_conforming_strings') return !reset && !/^(on|true|1|yes)$/i.test(value ?? '');
  if (name === 'client_encoding') return !reset && !/^["']?(utf-?8|unicode|default)["']?$/i.test(value ?? '');
  return false;
}

/** Name of the setting, or null. SET, SET LOCAL, and `set_config` with constant arguments anywhere in the statement. */
export function leavesFence(stmt: Node): string | null {
  let found: string | null = null;
  walk(stmt, (name, body) => {
    if (name === 'VariableSetStmt') {
      const setting = word(body.name);
      const reset = word(body.kind) === 'VAR_RESET' || word(body.kind) === 'VAR_SET_DEFAULT';
      if (leaves(setting, constantOf(list(body.args)[0]), reset)) found ??= setting;
    }
    if (name === 'FuncCall' && stringOf(list(body.funcname).at(-1)) === 'set_config') {
      const setting = constantOf(list(body.args)[0]);
      if (setting !== null && leaves(setting, constantOf(list(body.args)[1]), false)) found ??= setting;
    }
    return found === null;
  });
  return found;
}
