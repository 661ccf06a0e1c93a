/**
 * The local port in the window: a place in the status bar, a panel above it, and news about who came and who was turned
 * away. The password is not here: copying and starting psql are asked of main (I7).
 *
 *   use-port     holds the panel, and is all that the rest of the window knows of it
 *   PortControl  the place in the status bar
 *   PortPanel    the panel: closed, not allowed, open
 *   Connected    the tools that are connected
 *   use-news     toasts
 *   words        what is said
 */
export { usePort } from './use-port.tsx';
export { endedWords, lostWithAll } from './words.ts';
