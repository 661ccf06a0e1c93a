/** The drawing as a file's content. */

/** Pixels of the screen for one of the drawing. */
const SCALE = 2;

/** Text of an SVG file. */
export function svgText(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error('the copy of a drawing is none');
  const [, , width = '0', height = '0'] = (copy.getAttribute('viewBox') ?? '').split(/[\s,]+/);
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of [
    ['width', width],
    ['height', height],
    ['fill', drawing.style.background],
  ] as const)
    back.setAttribute(name, value);
  copy.prepend(back);
  copy.removeAttribute('class');
  return new XMLSerializer().serializeToString(copy);
}

/** Base64 of a PNG file. Rejects where it cannot be painted. */
export async function pngBase64(drawing: SVGSVGElement): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(drawing))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = drawing.width.baseVal.value * SCALE;
  canvas.height = drawing.height.baseVal.value * SCALE;
  const paint = canvas.getContext('2d');
  if (paint === null) throw new Error('no canvas');
  paint.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace('data:image/png;base64,', '');
}
