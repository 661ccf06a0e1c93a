/**
 * Offline envelopes on the engineer's side (docs/decisions/029): fetched whenever somebody signs in, kept encrypted under the
 * device key, opened with a code that an approver reads out while neither the collector nor the identity provider answers,
 * and reported before anything else when the collector is back. Upholds I3 (narrow, short, once) and I5 (the record of an
 * opening is on the disk before what the envelope holds is used). Called by `main/grants`; knows neither Electron nor the
 * window.
 */
export { type EnvelopeSource, Envelopes, type EnvelopesOptions, type Opened } from './envelopes.ts';
