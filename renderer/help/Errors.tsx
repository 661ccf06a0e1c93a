/** Every error code with what it means and what helps; opened with a code, it shows that one first. */
import { SearchDialog } from '../ui/SearchDialog.tsx';
import { searchHelp } from './codes.ts';

export function Errors({ code, onClose }: { readonly code: string; readonly onClose: () => void }) {
  return (
    <SearchDialog
      title="Error codes"
      className="error-codes"
      search="Find a code or a word"
      placeholder="A code, or a word of the message"
      first={code}
      list="Codes"
      onClose={onClose}
    >
      {(typed) => {
        const found = searchHelp(typed);
        return (
          <>
            {found.map((one) => (
              <article key={one.codes.join(' ')}>
                <h3>{one.title}</h3>
                <p>{one.means}</p>
                <p>{one.todo}</p>
                <p className="mono faint codes">{one.codes.join(' · ')}</p>
              </article>
            ))}
            {found.length === 0 && <p className="help-none">Nothing is known of that. The message itself says most.</p>}
            <span className="sr-only" role="status">
              {found.length} entries
            </span>
          </>
        );
      }}
    </SearchDialog>
  );
}
