/** Ending the open transaction, changing the mode, and the question what becomes of it before something else ends it. */
import { type ReactNode, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { type LiveConnection, stake } from './transaction-words.ts';

interface Question {
  readonly title: string;
  /** Behind what is at stake. */
  readonly detail: string;
  readonly stay: string;
  /** Absent where it cannot be committed first. */
  readonly commit?: string | undefined;
  readonly rollback: string;
  /** What is asked about rolls back by itself: no ROLLBACK is sent for it. */
  readonly endsIt: boolean;
  /** Something else is lost by it: it is asked about in any case. */
  readonly also?: boolean;
  readonly after: () => void;
  readonly onStay?: () => void;
}

export interface TransactionHandle {
  end(how: 'commit' | 'rollback'): void;
  setMode(mode: LiveConnection['mode']): void;
  toggleMode(): void;
  reconnect(): void;
  /** Asks what becomes of the open transaction, XX; at once where none is open and nothing runs. */
  before(question: Omit<Question, 'commit'> & { readonly commit: string }): void;
  readonly dialog: ReactNode;
}

/** `connection` is null when the page has come too late to see it. */
export function useTransaction(bridge: Bridge, connection: LiveConnection | null, running: boolean): TransactionHandle {
  const say = useToast();
  const [question, setQuestion] = useState<Question | null>(null);
  const open = connection !== null && connection.tx !== 'idle';
  const failed = connection?.tx === 'failed';

  const endThen = async (how: 'commit' | 'rollback', after: () => void) => {
    const answer = await ask(bridge.endTransaction(how));
    if (answer.ok) after();
    else say(answer.error);
  };
  const end = (how: 'commit' | 'rollback') => {
    if (open && !running && !(failed && how === 'commit')) void endThen(how, () => {});
  };
  const change = (mode: LiveConnection['mode']) =>
    void ask(bridge.setTransactionMode(mode)).then((answer) => {
      if (!answer.ok) say(answer.error);
    });
  const before: TransactionHandle['before'] = (wanted) => {
    if (!open && !running && wanted.also !== true) wanted.after();
    else setQuestion({ ...wanted, commit: open && !failed && !running ? wanted.commit : undefined });
  };
  const setMode = (mode: LiveConnection['mode']) => {
    if (connection === null || mode === connection.mode) return;
    if (mode === 'manual' || !open) change(mode);
    else
      before({
        title: 'Switch to auto-commit?',
        detail: 'It has to end first.',
        stay: 'Stay in manual',
        commit: 'Commit and switch',
        rollback: 'Roll back and switch',
        endsIt: false,
        after: () => change(mode),
      });
  };
  const reconnect = () => {
    const after = () =>
      void ask(bridge.reconnect()).then((answer) => {
        if (!answer.ok) say(answer.error);
      });
    before({
      title: 'Close the connection?',
      detail: [
        running ? 'What becomes of the statement that runs is said as soon as it is known.' : '',
        'Temporary tables, settings and LISTEN of this connection are gone then; a new one is opened.',
      ].join(' '),
      stay: 'Keep it',
      commit: 'Commit, then close it',
      rollback: 'Close the connection',
      endsIt: true,
      after,
    });
  };
  const answered = (work: () => void) => {
    setQuestion(null);
    work();
  };
  const dialog = question !== null && connection !== null && (
    <Dialog
      title={question.title}
      action={question.rollback}
      danger
      stay={question.stay}
      other={
        question.commit === undefined
          ? undefined
          : {
              action: question.commit,
              onYes: () => answered(() => void endThen('commit', question.after)),
            }
      }
      onYes={() =>
        answered(() => {
          if (question.endsIt || connection.tx === 'idle') question.after();
          else void endThen('rollback', question.after);
        })
      }
      onNo={() => answered(() => question.onStay?.())}
    >
      {stake(connection)} {question.detail}
    </Dialog>
  );
  return {
    end,
    setMode,
    toggleMode: () => setMode(connection?.mode === 'auto' ? 'manual' : 'auto'),
    reconnect,
    before,
    dialog,
  };
}
