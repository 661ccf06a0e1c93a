/** What a person is told of a file that was damaged and put aside. */
import type { Mishap } from '../../shared/ipc-workspace.ts';

export const lostKey = (aside: string): Mishap => ({
  code: 'device_file_damaged',
  message: `The file with this device’s key was damaged. It is kept at ${aside}. This is a new device from now on.`,
  hint: 'What was recorded under the old key stays valid. Records that were not sent yet are named once you work again.',
});
