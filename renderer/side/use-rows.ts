/** Which rows of a list of equal ones are in view, and the way to bring one there: thousands cost what a screenful does. */
import { type RefObject, useLayoutEffect, useState } from 'react';

/** As `.tree-line` has it, px. */
export const ROW = 24;
/** Drawn beyond the edges. */
const BEYOND = 6;

export function useRows(box: RefObject<HTMLDivElement | null>, count: number) {
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const read = () => setScroll({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [box]);
  return {
    first: Math.max(0, Math.floor(scroll.top / ROW) - BEYOND),
    last: Math.min(count, Math.ceil((scroll.top + scroll.height) / ROW) + BEYOND),
    page: Math.max(1, Math.floor(scroll.height / ROW) - 1),
    show(row: number) {
      const element = box.current;
      if (element === null) return;
      const top = row * ROW;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + ROW > element.scrollTop + element.clientHeight)
        element.scrollTop = top + ROW - element.clientHeight;
    },
  };
}
