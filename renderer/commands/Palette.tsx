/** Every command by name. What cannot be done now is shown, and says why. */
import { useCallback } from 'react';
import { PickDialog } from '../ui/PickDialog.tsx';
import { answers, type Command, groups } from './command.ts';
import { Keys } from './Keys.tsx';
import { useAllCommands, useRegistry } from './registry.tsx';

/** Best first; while nothing is typed what was done last, then by group. The palette does not offer itself. */
function ranked(commands: readonly Command[], typed: string, recent: readonly string[]): Command[] {
  const place = (command: Command): number => {
    const at = recent.indexOf(command.id);
    return at < 0 ? 0 : recent.length - at;
  };
  const byGroup = (command: Command): number => -groups.indexOf(command.group) / 1000;
  return commands
    .filter((command) => command.id !== 'palette')
    .flatMap((command) => {
      const score = answers(command, typed);
      return score === null
        ? []
        : [{ command, score: score + byGroup(command) + place(command) / (typed === '' ? 1 : 100) }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const registry = useRegistry();
  const commands = useAllCommands();
  const find = useCallback(
    (typed: string) => [{ items: ranked(commands, typed, registry.recent) }],
    [commands, registry],
  );
  return (
    <PickDialog
      title="Commands"
      search="Search commands"
      list="Commands"
      none="No command is called that."
      told={(count) => `${count} commands`}
      find={find}
      option={(command) => ({
        key: command.id,
        disabled: command.unavailable != null,
        content: (
          <>
            <span className="group">{command.group}</span>
            <span className="clip">{command.title}</span>
            {command.unavailable != null && <span className="why clip">{command.unavailable}</span>}
            <span className="grow" />
            {command.keys?.[0] !== undefined && <Keys of={command.keys[0]} />}
          </>
        ),
      })}
      onPick={(command) => registry.choose(command.id)}
      onClose={onClose}
    />
  );
}
