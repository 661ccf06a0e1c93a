/** Asks for the values of a text's parameters, where it has any. */
import { useRef, useState } from 'react';
import { MAX_CHECKED } from '../../shared/editor.ts';
import type { ParameterValue } from '../../shared/ipc-editor.ts';
import { ask, type Bridge } from '../bridge.ts';
import type { Hint } from '../queries/details.ts';
import { useToast } from '../ui/Toasts.tsx';
import { ParameterForm } from './ParameterForm.tsx';

/** Most texts have none, and main need not be asked: a colon or a dollar sign is where one begins. */
const MAY_HAVE = /:[\p{L}_]|\$\d/u;

interface Asked {
  readonly tab: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly hints: ReadonlyMap<string, Hint>;
  readonly answer: (text: string | null) => void;
}

export interface ParametersHandle {
  /** The text as it is to be sent; null where the person has thought better of it. `hints`: what a saved query says. */
  filled(tab: string, text: string, hints?: ReadonlyMap<string, Hint>): Promise<string | null>;
  readonly form: React.ReactNode;
}

export function useParameters(bridge: Bridge): ParametersHandle {
  const say = useToast();
  const [asked, setAsked] = useState<Asked | null>(null);
  const remembered = useRef(new Map<string, ParameterValue>());
  const key = (tab: string, name: string) => `${tab}\n${name}`;

  const filled: ParametersHandle['filled'] = async (tab, text, hints = new Map()) => {
    if (text.length > MAX_CHECKED || !MAY_HAVE.test(text)) return text;
    const found = await ask(bridge.findParameters(text));
    if (!found.ok) {
      say(found.error);
      return null;
    }
    if (found.value.length === 0) return text;
    return new Promise((resolve) => {
      const answer = (ready: string | null) => {
        setAsked(null);
        resolve(ready);
      };
      setAsked({ tab, text, names: found.value, hints, answer });
    });
  };
  return {
    filled,
    form: asked !== null && (
      <ParameterForm
        bridge={bridge}
        text={asked.text}
        first={asked.names.map(
          (name) =>
            remembered.current.get(key(asked.tab, name)) ?? {
              kind: 'text',
              value: '',
              ...asked.hints.get(name)?.first,
              name,
            },
        )}
        hints={asked.hints}
        onValues={(values) => {
          for (const value of values) remembered.current.set(key(asked.tab, value.name), value);
        }}
        onRun={asked.answer}
        onNo={() => asked.answer(null)}
      />
    ),
  };
}
