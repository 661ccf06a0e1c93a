/**
 * The mark: a pane with a glint. In the bar each state has a shape of its own: a keyhole while it is locked, dots while
 * somebody is asked, two glints when open, closing from below in the last minutes, a tick when it is over.
 */
export type MarkShape = 'shut' | 'locked' | 'waiting' | 'open' | 'half' | 'last' | 'done';

export function Mark({ shape, size = 22 }: { readonly shape: MarkShape; readonly size?: number }) {
  return (
    <svg className="glass-mark" width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <rect x="1" y="1" width="20" height="20" rx="5" fill="none" stroke="currentColor" strokeWidth="2" />
      {shape === 'shut' && <path d="M7 5.5h2.6L7.4 14H4.8z" fill="currentColor" opacity=".6" />}
      {shape === 'locked' && (
        <path d="M11 5.6a2.6 2.6 0 0 1 1.4 4.8l.9 5.6H8.7l.9-5.6A2.6 2.6 0 0 1 11 5.6z" fill="currentColor" />
      )}
      {shape === 'done' && (
        <path
          d="M6.2 11.4l3.3 3.3 6.3-7"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
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
