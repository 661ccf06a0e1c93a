/** Follows the pointer until it is let go, or taken away. */
export function track(move: (event: PointerEvent) => void, end: (dropped: boolean) => void = () => {}): void {
  const stop = (event: PointerEvent) => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', stop);
    window.removeEventListener('pointercancel', stop);
    end(event.type === 'pointerup');
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
