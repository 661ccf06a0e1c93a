/**
 * Settings as they are stored: read key by key, so that one wrong value costs itself only, and written beside keys that this
 * version does not know. Pure.
 */
import { z } from 'zod';
import { targetId } from '../../shared/grants.ts';
import { type Settings, settings as schema, type TargetSettings, targetSettings } from '../../shared/ipc-settings.ts';
import { firstSettings } from '../../shared/settings.ts';
import type { Reading, Shape } from './store.ts';

const object = z.record(z.string(), z.unknown());
type Stored = Readonly<Record<string, unknown>>;
const asObject = (stored: unknown): Stored => object.safeParse(stored).data ?? {};

/** `statement_timeout_s`, to a person. */
const named = (key: string): string => key.replace(/_s$/, '').replaceAll('_', ' ');

/** Every key of `shape` that is stored and fits; `lost` names those that do not. */
function sound(shape: z.ZodRawShape, stored: Stored): { parts: Record<string, unknown>; lost: string[] } {
  const parts: Record<string, unknown> = {};
  const lost: string[] = [];
  for (const [key, one] of Object.entries(shape)) {
    if (!Object.hasOwn(stored, key)) continue;
    const parsed = z.safeParse(one, stored[key]);
    if (parsed.success) parts[key] = parsed.data;
    else lost.push(named(key));
  }
  return { parts, lost };
}

function readTargets(stored: unknown): Reading<Settings['targets']> {
  if (stored === undefined) return { value: {}, lost: [] };
  const found = object.safeParse(stored);
  if (!found.success) return { value: {}, lost: ['what was set for targets'] };
  const value: Record<string, TargetSettings> = {};
  const lost: string[] = [];
  for (const [id, one] of Object.entries(found.data)) {
    const own = object.safeParse(one);
    if (!targetId.safeParse(id).success || !own.success) {
      lost.push(`what was set for the target ${id.slice(0, 63)}`);
      continue;
    }
    const { parts, lost: wrong } = sound(targetSettings.shape, own.data);
    value[id] = targetSettings.parse(parts);
    lost.push(...wrong.map((name) => `${name} of the target ${id}`));
  }
  return { value, lost };
}

function unknownOf(shape: z.ZodRawShape, stored: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(asObject(stored)).filter(([key]) => !Object.hasOwn(shape, key)));
}

const { targets: _targets, ...plain } = schema.shape;

export const storedSettings: Shape<Settings> = {
  read(stored) {
    if (stored === undefined) return { value: firstSettings, lost: [] };
    const found = object.safeParse(stored);
    if (!found.success) return { value: firstSettings, lost: ['all settings'] };
    const { parts, lost } = sound(plain, found.data);
    const targets = readTargets(found.data.targets);
    return {
      value: schema.parse({ ...firstSettings, ...parts, targets: targets.value }),
      lost: [...lost, ...targets.lost],
    };
  },
  write(value, stored) {
    const before = asObject(asObject(stored).targets);
    const targets = Object.fromEntries(
      Object.entries(value.targets).map(([id, own]) => [
        id,
        { ...unknownOf(targetSettings.shape, before[id]), ...own },
      ]),
    );
    return { ...unknownOf(schema.shape, stored), ...value, targets };
  },
  instead: 'as on the first day',
};
