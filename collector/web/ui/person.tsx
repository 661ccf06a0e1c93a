/** Who is signed in, and the two things they can always do: change the theme, sign out. */
import { useDesk } from '../state/desk.tsx';
import { useTheme } from '../state/theme.ts';
import { listed } from '../words/number.ts';
import { Icon } from './icon.tsx';

export function ThemeButton() {
  const [theme, toggle] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className="btn quiet icon"
      onClick={toggle}
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
    >
      <Icon name={theme === 'dark' ? 'flash' : 'moon'} />
    </button>
  );
}

/** Ends the session here. */
function SignOutButton() {
  const { signOut } = useDesk();
  return (
    <button type="button" className="btn quiet icon" onClick={signOut} aria-label="Sign out" title="Sign out">
      <Icon name="signOut" />
    </button>
  );
}

export function PersonLine() {
  const { me } = useDesk();
  const { name, roles } = me.person;
  return (
    <div className="person">
      <div className="clip">
        <b className="clip">{name}</b>
        <span className="muted">{roles.length === 0 ? 'no role' : listed(roles)}</span>
      </div>
      <ThemeButton />
      <SignOutButton />
    </div>
  );
}
