/** Keys as caps, as this platform names them. */
import { caps } from './command.ts';

const mac = navigator.userAgent.includes('Mac');

/** `Ctrl+Shift+P` as plain text, for titles and sentences. */
export const keyText = (key: string): string => caps(key, mac).join(mac ? '' : '+');

export function Keys({ of: key }: { readonly of: string }) {
  return (
    <span className="keys">
      {caps(key, mac).map((cap) => (
        <kbd key={cap} className="kbd">
          {cap}
        </kbd>
      ))}
    </span>
  );
}
