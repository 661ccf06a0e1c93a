/** Opening the key of this device without a window: the keychain, a passphrase that is typed or read, memory. (I7) */
import { Fault } from '../../shared/errors.ts';
import { End } from './end.ts';
import { exit, exitOf } from './exit.ts';
import type { Parts } from './parts.ts';
import { firstLine, type Prompts } from './prompts.ts';

/** Shortest passphrase for a new key, characters; as in the window. */
const SHORTEST = 8;
const TRIES = 5;

/** Called in the phase `key`. Resolves when the key is open; whether the collector is found is another matter. */
export async function openKey(parts: Parts, key: 'choose' | 'unlock'): Promise<void> {
  const { glass, wanted, prompts, stop, voice, input } = parts;
  if (wanted.key === 'memory') return glass.chooseKey({ kind: 'memory' });
  if (wanted.key === 'stdin') {
    if (input.isTTY) throw shownOnTerminal();
    const passphrase = await stop.race(firstLine(input)).catch(asEnd);
    if (key === 'unlock') return glass.unlockKey(passphrase).catch(asEnd);
    if (passphrase.length < SHORTEST) throw tooShort();
    voice.say('A new key was made for this device, locked with that passphrase.');
    return glass.chooseKey({ kind: 'passphrase', passphrase });
  }
  if (prompts === null) {
    throw new End(
      {
        code: 'usage',
        message:
          key === 'unlock'
            ? 'The key of this device is locked with a passphrase, and there is no terminal to ask for it.'
            : 'This system has no keychain for the key of this device, and there is no terminal to ask what to do.',
        hint: 'Use --passphrase-stdin, or --memory-key for a new device each time.',
      },
      exit.usage,
    );
  }
  return key === 'unlock' ? unlock(parts, prompts) : choose(parts, prompts);
}

async function unlock({ glass, voice }: Parts, prompts: Prompts): Promise<void> {
  for (let tried = 1; ; ) {
    const passphrase = await prompts.hidden('Passphrase of this device’s key: ');
    if (passphrase === '') continue;
    try {
      return await glass.unlockKey(passphrase);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'wrong_passphrase') throw error;
      if (tried++ === TRIES) return asEnd(error);
      voice.say(
        'That passphrase does not open the key. Try again, or stop with Ctrl+C; --memory-key works without it.',
      );
    }
  }
}

async function choose({ glass, voice }: Parts, prompts: Prompts): Promise<void> {
  voice.say('This system has no keychain. A passphrase keeps the key of this device for the next time;');
  voice.say('Enter alone keeps it in memory, and the next run is a new device.');
  for (;;) {
    const passphrase = await prompts.hidden(`New passphrase, at least ${SHORTEST} characters: `);
    if (passphrase === '') return glass.chooseKey({ kind: 'memory' });
    if (passphrase.length < SHORTEST) {
      voice.say(`At least ${SHORTEST} characters.`);
      continue;
    }
    if ((await prompts.hidden('The same again: ')) === passphrase)
      return glass.chooseKey({ kind: 'passphrase', passphrase });
    voice.say('Those two were not the same.');
  }
}

const shownOnTerminal = (): End =>
  new End(
    {
      code: 'usage',
      message: 'The input is a terminal, which would show the passphrase.',
      hint: 'Leave --passphrase-stdin out, and it is asked for without being shown.',
    },
    exit.usage,
  );

const tooShort = (): End =>
  new End(
    {
      code: 'passphrase_too_short',
      message: `A passphrase for a new key has at least ${SHORTEST} characters.`,
      hint: 'Write a longer one to the input of the command.',
    },
    exit.noLogin,
  );

function asEnd(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  const { code, message, hint } = error;
  throw new End({ code, message, hint }, exitOf(code, exit.noLogin));
}
