/**
 * A picture drawn on a canvas from its bytes: there is no address of it that anything could load, and SVG, which can hold
 * scripts, is never drawn.
 */
import { useEffect, useRef, useState } from 'react';
import { count } from '../../words/format.ts';
import { bytesOf, drawable, PREFIX, pictureOf } from './bytea.ts';

export function PictureView({ text }: { readonly text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const [bytes] = useState(() => bytesOf(text.slice(PREFIX)));
  const picture = pictureOf(bytes);
  const draws = picture !== null && drawable(picture);
  const mime = picture?.mime ?? '';
  useEffect(() => {
    let gone = false;
    if (!draws) return;
    createImageBitmap(new Blob([bytes], { type: mime })).then(
      (bitmap) => {
        const element = canvas.current;
        if (!gone && element !== null) {
          element.width = bitmap.width;
          element.height = bitmap.height;
          element.getContext('2d')?.drawImage(bitmap, 0, 0);
        }
        bitmap.close();
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [bytes, mime, draws]);
  if (picture === null) return null;
  const size = picture.width > 0 ? `, ${count(picture.width)} × ${count(picture.height)}` : '';
  const words = `${picture.format}${size}`;
  return (
    <>
      <p className="value-note">
        {words}
        {!draws && ': it is not drawn, because it would be too large, or its size is not known. Hex shows its bytes.'}
        {failed && ': it begins like one, but cannot be drawn. Hex shows its bytes.'}
        {picture.format === 'GIF' && draws && !failed && ', its first frame'}
      </p>
      {draws && !failed && (
        <div className="picture">
          <canvas ref={canvas} role="img" aria-label={words} />
        </div>
      )}
    </>
  );
}
