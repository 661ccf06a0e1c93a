/** The session ended while somebody worked: the page stays, drafts are kept in this tab, one click signs in again. */
import { useState } from 'react';
import { loginPath } from '../state/desk.tsx';
import { Dialog } from '../ui/dialog.tsx';

export function ExpiredDialog({ path }: { readonly path: string }) {
  const [away, setAway] = useState(false);
  if (away) return null;
  return (
    <Dialog
      title="You have been signed out"
      onClose={() => setAway(true)}
      onSubmit={() => window.location.assign(loginPath(path))}
      actions={
        <>
          <button type="button" className="btn quiet" onClick={() => setAway(true)}>
            Keep reading
          </button>
          <button type="submit" className="btn primary">
            Sign in again
          </button>
        </>
      }
    >
      <p>
        Sessions end after a while. Your verdicts and notes are kept in this tab and will be here when you are back.
      </p>
    </Dialog>
  );
}
