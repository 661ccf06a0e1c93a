/** Which targets the settings know, and what each has for itself. Pure. */
import type { Environment } from '../../shared/grants.ts';
import type { AppState, Settings } from '../../shared/ipc.ts';
import type { TargetSettings } from '../../shared/ipc-settings.ts';

export interface Target {
  readonly id: string;
  readonly label: string;
  readonly environment: Environment;
}

/** The targets that a state names. */
export function targetsIn(state: AppState): readonly Target[] {
  switch (state.phase) {
    case 'locked':
      return state.options.targets;
    case 'waiting':
    case 'activating':
      return [state.request.target];
    case 'live':
    case 'closing':
      return [state.grant.target];
    case 'closed': {
      const { target_id: id, target: label, environment } = state.summary;
      return [{ id, label, environment }];
    }
    default:
      return [];
  }
}

/** `known` with what was found; the same array where there is nothing new in it. */
export function withFound(known: readonly Target[], found: readonly Target[]): readonly Target[] {
  const before = new Map(known.map((target) => [target.id, target]));
  const news = found.filter(({ id, label, environment }) => {
    const one = before.get(id);
    return one?.label !== label || one.environment !== environment;
  });
  if (news.length === 0) return known;
  for (const { id, label, environment } of news) before.set(id, { id, label, environment });
  return [...before.values()];
}

/** Those that were seen, and those that something was set for earlier; by name. */
export function targetsOf(seen: readonly Target[], settings: Settings): readonly Target[] {
  const earlier = Object.entries(settings.targets).map(([id, { label, environment }]) => ({
    id,
    label: label ?? id,
    environment: environment ?? ('production' as const),
  }));
  return [...withFound(earlier, seen)].sort((a, b) => a.label.localeCompare(b.label) || (a.id < b.id ? -1 : 1));
}

/** What a person can set for a target. */
export type Own = Omit<TargetSettings, 'label' | 'environment'>;
/** An absent or undefined value is as everywhere. */
export type OwnChange = { readonly [K in keyof Own]: Own[K] | undefined };

/** All targets' settings after a change of one; a target that has nothing for itself is not kept. */
export function withOwn(settings: Settings, target: Target, change: OwnChange): Settings['targets'] {
  const { [target.id]: before, ...others } = settings.targets;
  const { label: _label, environment: _environment, ...own } = { ...before, ...change };
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined && value !== ''));
  if (Object.keys(set).length === 0) return others;
  return { ...others, [target.id]: { ...set, label: target.label, environment: target.environment } };
}
