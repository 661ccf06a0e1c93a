/** The icons of these pages, all from one set. Decoration only: the word beside an icon carries the meaning. */
import {
  ArrowLeftIcon,
  ChevronRightIcon,
  CrossIcon,
  DownloadIcon,
  EditIcon,
  EndorsedIcon,
  ErrorIcon,
  EyeOpenIcon,
  FlashIcon,
  LockIcon,
  LogOutIcon,
  MinusIcon,
  MoonIcon,
  OfflineIcon,
  PeopleIcon,
  RefreshIcon,
  TickIcon,
  TimeIcon,
  UnlockIcon,
  WarningSignIcon,
} from '@blueprintjs/icons';

const ICONS = {
  back: ArrowLeftIcon,
  chevron: ChevronRightIcon,
  clock: TimeIcon,
  cross: CrossIcon,
  dash: MinusIcon,
  download: DownloadIcon,
  edit: EditIcon,
  endorsed: EndorsedIcon,
  error: ErrorIcon,
  eye: EyeOpenIcon,
  flash: FlashIcon,
  lock: LockIcon,
  moon: MoonIcon,
  offline: OfflineIcon,
  people: PeopleIcon,
  refresh: RefreshIcon,
  signOut: LogOutIcon,
  tick: TickIcon,
  unlock: UnlockIcon,
  warning: WarningSignIcon,
} as const;
export type IconName = keyof typeof ICONS;

export function Icon({ name, size = 14 }: { readonly name: IconName; readonly size?: number }) {
  const Shape = ICONS[name];
  return <Shape size={size} aria-hidden="true" className="icon" />;
}
