/** All keys on one page, by group; with a filter, since that is how one finds a key again. */
import { SearchDialog } from '../ui/SearchDialog.tsx';
import { type Command, groups } from './command.ts';
import { Keys, keyText } from './Keys.tsx';
import { useAllCommands } from './registry.tsx';

/** A command with keys that answers what was typed: its words, its group, or a key as it is written or drawn. */
const matches = ({ title, group, keys = [] }: Command, wanted: string): boolean =>
  keys.length > 0 && [title, group, ...keys, ...keys.map(keyText)].some((text) => text.toLowerCase().includes(wanted));

export function KeyMap({ onClose }: { readonly onClose: () => void }) {
  const commands = useAllCommands();
  return (
    <SearchDialog
      title="Keys"
      className="key-map"
      search="Find a key or a command"
      placeholder="Find a key or a command"
      list="Keys by group"
      onClose={onClose}
    >
      {(typed) => {
        const shown = commands.filter((command) => matches(command, typed.trim().toLowerCase()));
        if (shown.length === 0) return <p className="pick-none">No key is called that.</p>;
        return groups.map((group) => {
          const mine = shown.filter((command) => command.group === group);
          return (
            mine.length > 0 && (
              <div key={group} className="key-group">
                <h3>{group}</h3>
                <dl>
                  {mine.map((command) => (
                    <div key={command.id}>
                      <dt>{command.title}</dt>
                      <dd>
                        {command.keys?.map((key) => (
                          <Keys key={key} of={key} />
                        ))}
                      </dd>
                    </div>
                  ))}
                </dl>
              </div>
            )
          );
        });
      }}
    </SearchDialog>
  );
}
