/**
 * The policy: one YAML file that says which group holds which role, which targets and scopes exist, and who may break
 * the glass on what, for how long, under which limits. Pure functions decide; the keeper loads, watches and keeps the
 * last good file. An invalid file never takes effect: at start the collector refuses, later the last good one stays (I6).
 */
export { changeOptionsFor, decideChange, onlyTables } from './changes.ts';
export { type Decision, type DecisionFacts, decide, type Resolved } from './decide.ts';
export { keepPolicy, type PolicyKeeper } from './keeper.ts';
export { loadPolicy, PolicyFault, parsePolicy } from './load.ts';
export type { Channel, Policy, PolicyPerson, Rule, Severity, Target } from './model.ts';
export { channelsFor, mailAddress } from './notify.ts';
export { type OptionsFacts, optionsFor } from './options.ts';
export { rolesOf } from './roles.ts';
export { covers } from './rules.ts';
