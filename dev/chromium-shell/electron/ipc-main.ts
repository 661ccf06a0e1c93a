/** `ipcMain`, with Electron's words for a missing handler, a second one, and an answer that cannot be cloned. */
import { EventEmitter } from 'node:events';
import { makeCodec } from '../codec.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;
const codec = makeCodec();

export class IpcMainDouble extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    if (typeof handler !== 'function')
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
    this.#handlers.set(channel, handler);
  }
  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return handler(event, ...args);
    });
  }
  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** For the double: runs the handler; the text is the encoded answer, or the error that the page will see. */
  async answer(
    channel: string,
    event: unknown,
    args: readonly unknown[],
  ): Promise<{ text: string } | { error: string }> {
    const handler = this.#handlers.get(channel);
    if (!handler)
      return { error: `Error invoking remote method '${channel}': Error: No handler registered for '${channel}'` };
    try {
      return { text: codec.encode([await handler(event, ...args)]) };
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      return { error: `Error invoking remote method '${channel}': ${error}` };
    }
  }
}
