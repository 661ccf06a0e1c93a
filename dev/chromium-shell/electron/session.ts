/** `session`: one default session whose handlers are recorded and honoured. */
import { EventEmitter } from 'node:events';
import type { ProtocolDouble } from './protocol.ts';
import { notImplemented, strict } from './strict.ts';

export interface RequestDetails {
  id: number;
  url: string;
  method: string;
  resourceType: string;
  webContentsId?: number;
  referrer: string;
  timestamp: number;
}
type BeforeRequest = (
  details: RequestDetails,
  callback: (answer: { cancel?: boolean; redirectURL?: string }) => void,
) => void;
type PermissionCheck = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { isMainFrame: boolean; requestingUrl?: string },
) => boolean;

class WebRequestDouble {
  #beforeRequest: BeforeRequest | null = null;

  onBeforeRequest(...args: [BeforeRequest | null] | [{ urls: string[] }, BeforeRequest | null]): void {
    const [first, second] = args;
    if (typeof first === 'object' && first !== null) {
      if (first.urls.join() !== '<all_urls>') throw notImplemented('webRequest.onBeforeRequest with a URL filter');
      this.#beforeRequest = second ?? null;
    } else this.#beforeRequest = first;
  }
  /** For the double: true when the request may go on. */
  decide(details: RequestDetails): Promise<boolean> {
    const ask = this.#beforeRequest;
    if (!ask) return Promise.resolve(true);
    return new Promise((resolve, reject) =>
      ask(details, (answer) => {
        if (answer.redirectURL !== undefined) reject(notImplemented('webRequest redirectURL'));
        else resolve(answer.cancel !== true);
      }),
    );
  }
}

export class SessionDouble extends EventEmitter {
  readonly protocol: ProtocolDouble;
  readonly requests = new WebRequestDouble();
  readonly webRequest = strict('webRequest', this.requests);
  /** Names of the handlers that were set; the double denies where one is missing, Electron would allow. */
  readonly handlers = new Map<string, unknown>();

  constructor(protocol: ProtocolDouble) {
    super();
    this.protocol = protocol;
  }
  setPermissionRequestHandler(handler: unknown): void {
    this.handlers.set('permission-request', handler);
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.handlers.set('permission-check', handler);
  }
  setDevicePermissionHandler(handler: unknown): void {
    this.handlers.set('device-permission', handler);
  }
  setDisplayMediaRequestHandler(handler: unknown): void {
    this.handlers.set('display-media', handler);
  }
  setUSBProtectedClassesHandler(handler: unknown): void {
    this.handlers.set('usb-protected-classes', handler);
  }
  setBluetoothPairingHandler(handler: unknown): void {
    this.handlers.set('bluetooth-pairing', handler);
  }
  setSpellCheckerEnabled(_enabled: boolean): void {}
  isPersistent(): boolean {
    return false;
  }
  async clearStorageData(): Promise<void> {}
  async clearCache(): Promise<void> {}

  /** For the double: what the page is told about a permission. */
  allows(permission: string, origin: string): boolean {
    // Set by `setPermissionCheckHandler` only.
    const check = this.handlers.get('permission-check') as PermissionCheck | null | undefined;
    return check?.(null, permission, origin, { isMainFrame: true, requestingUrl: origin }) ?? false;
  }
}
