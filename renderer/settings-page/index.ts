/**
 * The settings as a page over every screen, below the glass bar: nothing behind it stops, and the clock stays in sight.
 *
 *   lines     every setting that is the same everywhere, in words; search (pure)
 *   targets   which targets are known, and what each has for itself (pure)
 *   SettingsCentre  the command (Ctrl+,) and whether the page is open
 *   SettingsPage    groups, search, resetting and undoing it
 *
 * What counts where is `shared/settings.ts`; no setting here can widen what the grant allows.
 */
export { SettingsCentre } from './SettingsCentre.tsx';
