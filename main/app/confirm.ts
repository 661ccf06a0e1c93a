/**
 * A question of main to the person, in a dialog of the system: its words are main's own, and no script in the page can
 * write or answer it. Enter means no, so that a dialog that comes up while somebody types is no yes. (I7)
 */
import type { MessageBoxOptions, MessageBoxReturnValue } from 'electron';

export interface Question {
  readonly message: string;
  readonly detail: string;
  /** What yes is called: a verb. */
  readonly action: string;
}

/** `show` is `dialog.showMessageBox` with its window. One question at a time: a second one is a no. */
export function confirmer(
  show: (options: MessageBoxOptions) => Promise<Pick<MessageBoxReturnValue, 'response'>>,
): (question: Question) => Promise<boolean> {
  let open = false;
  return async ({ message, detail, action }) => {
    if (open) return false;
    open = true;
    try {
      const options = { type: 'question', title: 'Vitrine', message, detail, noLink: true } as const;
      const { response } = await show({ ...options, buttons: [action, 'Cancel'], defaultId: 1, cancelId: 1 });
      return response === 0;
    } finally {
      open = false;
    }
  };
}
