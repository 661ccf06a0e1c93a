/**
 * The app's side of the collector's API: discovery, the DPoP-bound token, and every call the app makes. Nothing else in
 * main speaks HTTP to the collector. A refusal arrives as a Fault with the problem's own words. (I4, I6)
 */
export { type Collector, type CollectorIdentity, openCollector, reportOpening } from './client.ts';
export { Refusal } from './http.ts';
