/** The mark: a pane. Shut it is whole; open it has a glint; the last minutes show it closing from below. */
export type MarkShape = 'shut' | 'waiting' | 'open' | 'half' | 'last';

export function Mark({ shape, size = 22 }: { readonly shape: MarkShape; readonly size?: number }) {
  return (
    <svg className="glass-mark" width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <rect x="1" y="1" width="20" height="20" rx="5" fill="none" stroke="currentColor" strokeWidth="2" />
      {shape === 'shut' && <path d="M7 5.5h2.6L7.4 14H4.8z" fill="currentColor" opacity=".6" />}
      {shape === 'waiting' && (
        <g fill="currentColor">
          <circle cx="6.6" cy="11" r="1.4" />
          <circle cx="11" cy="11" r="1.4" />
          <circle cx="15.4" cy="11" r="1.4" />
        </g>
      )}
      {shape === 'open' && <path d="M7.4 5h3L7.6 15h-3zM13.2 5h1.6l-2.8 10h-1.6z" fill="currentColor" opacity=".75" />}
      {shape === 'half' && (
        <g fill="currentColor">
          <path d="M7.4 4.5h2.6l-1.5 5.6H5.9z" opacity=".75" />
          <path d="M4 12h14v5.2a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z" opacity=".55" />
        </g>
      )}
      {shape === 'last' && (
        <g fill="currentColor">
          <path d="M4 4.8a1 1 0 0 1 1-1h12a1 1 0 0 1 1 1v12.4a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z" opacity=".35" />
          <path d="M9.9 6h2.2v6.4H9.9zM9.9 14h2.2v2.2H9.9z" />
        </g>
      )}
    </svg>
  );
}
