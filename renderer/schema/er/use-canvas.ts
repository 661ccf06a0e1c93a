/** Pan and zoom of a drawing: by drag, wheel and keys. */
import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useState } from 'react';
import type { Point } from './layout.ts';

export interface Place extends Point {
  readonly scale: number;
}
const SMALLEST = 0.25;
const LARGEST = 2;
const STEP = 1.2;

export const clampScale = (scale: number): number => Math.max(SMALLEST, Math.min(LARGEST, scale));

/** `size`: of the whole drawing, CSS pixels. */
export function useCanvas(
  box: RefObject<HTMLElement | null>,
  size: { readonly width: number; readonly height: number },
) {
  const [place, setPlace] = useState<Place>({ x: 0, y: 0, scale: 1 });
  const [drag, setDrag] = useState<Point | null>(null);

  const zoom = (factor: number, at?: Point) =>
    setPlace((now) => {
      const scale = clampScale(now.scale * factor);
      const frame = box.current;
      const { x, y } = at ?? { x: (frame?.clientWidth ?? 0) / 2, y: (frame?.clientHeight ?? 0) / 2 };
      // What is under the pointer stays there.
      return { scale, x: x - ((x - now.x) * scale) / now.scale, y: y - ((y - now.y) * scale) / now.scale };
    });
  const pan = (x: number, y: number) => setPlace((now) => ({ ...now, x: now.x + x, y: now.y + y }));
  const fit = () => {
    const frame = box.current;
    if (frame === null || size.width === 0) return;
    const scale = clampScale(Math.min(1, frame.clientWidth / size.width, frame.clientHeight / size.height));
    setPlace({
      scale,
      x: (frame.clientWidth - size.width * scale) / 2,
      y: (frame.clientHeight - size.height * scale) / 2,
    });
  };
  /** Brings a rectangle of the drawing into view. */
  const reveal = (of: Point & { readonly width: number; readonly height: number }) => {
    const frame = box.current;
    if (frame === null) return;
    setPlace((now) => {
      const along = (from: number, length: number, start: number, room: number): number => {
        const begin = from * now.scale + start;
        const end = begin + length * now.scale;
        if (begin < 8) return start + 8 - begin;
        return end > room - 8 ? start - (end - room + 8) : start;
      };
      return {
        ...now,
        x: along(of.x, of.width, now.x, frame.clientWidth),
        y: along(of.y, of.height, now.y, frame.clientHeight),
      };
    });
  };

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const frame = box.current?.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey)
      zoom(Math.exp(-event.deltaY / 300), {
        x: event.clientX - (frame?.left ?? 0),
        y: event.clientY - (frame?.top ?? 0),
      });
    else pan(-event.deltaX, -event.deltaY);
  });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const listen = (event: WheelEvent) => onWheel(event);
    // React's own listener is passive and could not keep the page from scrolling.
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [box]);
  const fitNow = useEffectEvent(fit);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new drawing is fitted, and so is one whose frame was not there yet
  useEffect(() => fitNow(), [size.width, size.height]);

  return {
    place,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    pan,
    fit,
    reveal,
    pointer: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0) return;
        setDrag({ x: event.clientX, y: event.clientY });
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        if (drag === null || event.buttons !== 1) return;
        pan(event.clientX - drag.x, event.clientY - drag.y);
        setDrag({ x: event.clientX, y: event.clientY });
      },
      onPointerUp: () => setDrag(null),
    },
  };
}
