/** What keys mean in the grid, besides moving about in it. Pure. */

export type Action =
  | { readonly kind: 'copy'; readonly names: boolean }
  | { readonly kind: 'open' }
  | { readonly kind: 'width'; readonly by: number }
  | { readonly kind: 'move'; readonly by: -1 | 1 }
  | { readonly kind: 'sort'; readonly descending: boolean; readonly add: boolean }
  | { readonly kind: 'menu' };

export interface Pressed {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

const WIDTH_STEP = 16;

export function actionOf({ key, ctrl, shift, alt }: Pressed): Action | null {
  if (key === 'ContextMenu' || (key === 'F10' && shift)) return { kind: 'menu' };
  if (ctrl && key.toLowerCase() === 'c') return { kind: 'copy', names: shift };
  if (ctrl) return null;
  if (key === 'Enter' && !alt && !shift) return { kind: 'open' };
  if (!alt) return null;
  switch (key) {
    case 'ArrowLeft':
      return shift ? { kind: 'move', by: -1 } : { kind: 'width', by: -WIDTH_STEP };
    case 'ArrowRight':
      return shift ? { kind: 'move', by: 1 } : { kind: 'width', by: WIDTH_STEP };
    case 'ArrowUp':
      return { kind: 'sort', descending: false, add: shift };
    case 'ArrowDown':
      return { kind: 'sort', descending: true, add: shift };
    default:
      return null;
  }
}
