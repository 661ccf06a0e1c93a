/**
 * The few globals that every platform of this project has. `tsc -p shared` knows no others, which is the proof that
 * this folder needs neither Node nor the DOM.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
