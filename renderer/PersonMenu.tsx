/** Who waits for their answer, who is here, the theme, the way to the settings, and the way out. */
import type { Person } from '../shared/api.ts';
import type { Settings } from '../shared/ipc.ts';
import { ApproveButton } from './approve/index.ts';
import { useRegistry } from './commands/index.ts';
import { useSettings } from './settings.tsx';
import { Icon } from './ui/icons.tsx';
import { Menu } from './ui/Menu.tsx';

const themes: readonly { readonly id: Settings['theme']; readonly label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'dark', label: 'Dark' },
  { id: 'light', label: 'Light' },
];

export function PersonMenu(props: {
  readonly person?: Person;
  /** Only the cog, where the bar is full. */
  readonly compact?: boolean;
  readonly onSignOut?: (() => void) | undefined;
}) {
  const { settings, change } = useSettings();
  const registry = useRegistry();
  const { person, onSignOut } = props;
  const named = person !== undefined && props.compact !== true;
  return (
    <>
      <ApproveButton />
      <Menu
        label={person === undefined ? 'Settings' : `Settings, signed in as ${person.name}`}
        className={named ? 'btn quiet' : 'btn quiet icon'}
        button={
          named ? (
            <>
              {person.name} · {person.roles.join(', ')}
              <Icon name="chevronDown" size={12} />
            </>
          ) : (
            <Icon name="cog" size={15} />
          )
        }
        groups={[
          {
            title: 'Theme',
            items: themes.map(({ id, label }) => ({
              label,
              checked: settings.theme === id,
              run: () => change({ theme: id }),
            })),
          },
          {
            items: [
              { label: 'Offline envelopes…', run: () => registry.perform('glass.envelopes') },
              { label: 'Settings…', run: () => registry.perform('settings') },
            ],
          },
          ...(onSignOut === undefined ? [] : [{ items: [{ label: 'Sign out', run: onSignOut }] }]),
        ]}
      />
    </>
  );
}
