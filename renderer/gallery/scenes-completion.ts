/** The editor while somebody types: what is offered, what a name means, which argument is next. */
import type { Scene } from './scene.ts';

/** `state`: a live grant. */
export function completionScenes(state: Scene['state']): Readonly<Record<string, Scene>> {
  return {
    'completion-join': {
      state,
      text: 'select * from shop.orders o join ',
      keys: ['Control+End', 'Control+Space'],
      shows: '.suggest-widget.visible .monaco-list-row',
    },
    'completion-signature': {
      state,
      text: "select date_trunc('day', )",
      keys: ['Control+End', 'ArrowLeft', 'Control+Shift+Space'],
      shows: '.parameter-hints-widget.visible',
    },
  };
}
