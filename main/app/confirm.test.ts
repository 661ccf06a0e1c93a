import type { MessageBoxOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { confirmer } from './confirm.ts';

const question = { message: 'Let Amira in?', detail: 'Orders', action: 'Approve' };

describe('a question in a dialog of the system (I7)', () => {
  it('is a yes only by its own button; Enter and Escape mean no', async () => {
    const shown: MessageBoxOptions[] = [];
    let response = 0;
    const confirm = confirmer(async (options) => {
      shown.push(options);
      return { response };
    });
    expect(await confirm(question)).toBe(true);
    response = 1;
    expect(await confirm(question)).toBe(false);
    expect(shown[0]).toMatchObject({ buttons: ['Approve', 'Cancel'], defaultId: 1, cancelId: 1, detail: 'Orders' });
  });

  it('is asked once at a time: a page cannot pile them up', async () => {
    const answer = Promise.withResolvers<{ response: number }>();
    const confirm = confirmer(() => answer.promise);
    const first = confirm(question);
    expect(await confirm(question)).toBe(false);
    answer.resolve({ response: 0 });
    expect(await first).toBe(true);
  });
});
