/** `Menu`: keeps the template and makes its accelerators work in the page. */
import type { Accelerator } from '../page/preload-world.ts';
import { notImplemented, strict } from './strict.ts';

export interface ItemTemplate {
  label?: string;
  role?: string;
  type?: string;
  id?: string;
  accelerator?: string;
  registerAccelerator?: boolean;
  enabled?: boolean;
  visible?: boolean;
  submenu?: ItemTemplate[];
  click?: (item: unknown, window: unknown, event: unknown) => void;
}

export class MenuDouble {
  readonly items: readonly ItemTemplate[];
  constructor(items: readonly ItemTemplate[]) {
    this.items = items;
  }
  getMenuItemById(id: string): ItemTemplate | null {
    return flat(this.items).find((item) => item.id === id) ?? null;
  }
  popup(): void {
    throw notImplemented('Menu.popup');
  }
}

const flat = (items: readonly ItemTemplate[]): ItemTemplate[] =>
  items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

/** Electron's accelerator text as a key event; throws on a part that is not known. */
export function parseAccelerator(text: string, index: number, platform: NodeJS.Platform): Accelerator {
  const parts = text.split('+');
  // A trailing `+` is the key itself: `CmdOrCtrl++`.
  const key = (text.endsWith('+') ? 'plus' : parts.pop())?.toLowerCase() ?? '';
  const mac = platform === 'darwin';
  const accelerator = { index, ctrl: false, shift: false, alt: false, meta: false, key: KEYS[key] ?? key };
  for (const part of parts.filter((name) => name !== '')) {
    const name = part.toLowerCase();
    if (['cmdorctrl', 'commandorcontrol'].includes(name)) accelerator[mac ? 'meta' : 'ctrl'] = true;
    else if (['ctrl', 'control'].includes(name)) accelerator.ctrl = true;
    else if (['cmd', 'command', 'super', 'meta'].includes(name)) accelerator.meta = true;
    else if (['alt', 'option'].includes(name)) accelerator.alt = true;
    else if (name === 'shift') accelerator.shift = true;
    else throw new Error(`Unknown modifier ${part} in the accelerator ${text}`);
  }
  return accelerator;
}
const KEYS: Readonly<Record<string, string>> = {
  enter: 'enter',
  return: 'enter',
  esc: 'escape',
  space: ' ',
  plus: '+',
  up: 'arrowup',
  down: 'arrowdown',
  left: 'arrowleft',
  right: 'arrowright',
};

export function makeMenu(setAccelerators: (accelerators: readonly Accelerator[]) => void): {
  Menu: object;
  press: (index: number) => void;
} {
  let current: MenuDouble | null = null;
  const Menu = {
    buildFromTemplate: (template: ItemTemplate[]) => strict('Menu', new MenuDouble(template)),
    setApplicationMenu: (menu: MenuDouble | null) => {
      current = menu;
      setAccelerators(
        flat(menu?.items ?? []).flatMap((item, index) =>
          item.accelerator !== undefined && item.click && item.registerAccelerator !== false
            ? [parseAccelerator(item.accelerator, index, process.platform)]
            : [],
        ),
      );
    },
    getApplicationMenu: () => current,
  };
  const press = (index: number) => {
    const item = flat(current?.items ?? [])[index];
    if (item && item.enabled !== false) item.click?.(item, undefined, {});
  };
  return { Menu: strict('Menu', Menu), press };
}
