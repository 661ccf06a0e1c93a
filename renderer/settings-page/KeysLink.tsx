/** The way to the map of all keys. */
import { Keys, useRegistry } from '../commands/index.ts';

export function KeysLink() {
  const registry = useRegistry();
  return (
    <div className="setting">
      <div className="setting-words">
        <b>All keys on one page</b>
        <p>Every command with its keys; they are the same for everybody.</p>
      </div>
      <button type="button" className="btn" onClick={() => registry.perform('keys')}>
        Show all keys <Keys of="Shift+F1" />
      </button>
    </div>
  );
}
