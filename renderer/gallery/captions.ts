/** What each scene shows, by screen; and the page of the documentation that lists the pictures. */

interface Screen {
  readonly title: string;
  readonly scenes: Readonly<Record<string, string>>;
}

const screens: readonly Screen[] = [
  {
    title: 'Start, key, sign-in',
    scenes: {
      starting: 'The first moment.',
      'starting-problem': 'The collector does not answer; Vitrine tries again by itself.',
      'key-choose': 'The first start on a system without a keychain: how this device keeps its key.',
      'key-unlock': 'Asking for the passphrase, after a wrong one.',
      'signed-out': 'Nobody is signed in.',
      'signed-out-problem': 'Signing in failed; what was recorded is safe.',
      'signing-in': 'Waiting for the browser.',
      'envelope-away': 'The collector does not answer, and this device holds an offline envelope.',
      'envelope-list': 'The envelopes of this device, and what became of them.',
      'envelope-open': 'Opening one: the challenge to read out, the code, the incident, why.',
      'envelope-live': 'Working with what was in an envelope: the bar says Offline.',
    },
  },
  {
    title: 'Locked: the request',
    scenes: {
      locked: 'The glass is closed. The form is filled in from a link; beside it, what happens next.',
      'locked-empty': 'The form, empty.',
      'locked-refused': 'A review is overdue, so the glass cannot be broken alone.',
      'locked-foreseen': 'What the database says to the scope: why it would not open now, and what no scope stops.',
      'locked-unchecked': 'The database does not answer, so it could not be checked ahead.',
      'locked-denied': 'Somebody said no, and why.',
      'locked-step-up': 'A fresh sign-in will be asked for, and the form says so.',
      'step-up': 'The browser is open for a new sign-in; the form is kept.',
      'locked-nothing': 'The policy gives this person no database.',
      'long-locked': 'The form with names as long as they may be.',
    },
  },
  {
    title: 'Requested',
    scenes: {
      waiting: 'Asked: who can approve, since when, until when, and the link to send them.',
      'waiting-two': 'One of two approvals is there.',
      'waiting-groups': 'An approver gave less than was asked for; one of another group is missing.',
      activating: 'Approved; the glass is being opened.',
      'step-up-open': 'Approved, and a fresh sign-in is asked for before the glass opens.',
      'step-up-open-browser': 'The browser is open for it.',
      'step-up-open-failed': 'Somebody else signed in; the approval is not lost.',
      'long-waiting': 'A long reason, and many who can approve.',
    },
  },
  {
    title: 'Answering other people',
    scenes: {
      'approve-count': 'Somebody waits for this person: a count in the bar, on every screen.',
      'approve-count-live': 'The same while a grant of one’s own lives.',
      approve: 'Who waits, and one request in full.',
      'approve-yes': 'Approving, asked once more; less can be given.',
      'approve-uncounted': 'People of another group are missing; it can still be denied.',
      'approve-own': 'One’s own request is for others to answer.',
      'approve-none': 'Nobody waits.',
      'approve-asking': 'The collector has not answered yet.',
      'approve-away': 'The collector is away; what was known stays.',
      'approve-away-first': 'The collector is away from the beginning.',
    },
  },
  {
    title: 'Live: the glass bar',
    scenes: {
      live: 'A live grant to read: the facts, the clock, the line that runs out.',
      'live-empty': 'Just opened: nothing was run yet.',
      'live-write': 'A production target under write is framed, and what may be written is named.',
      warning: 'The last five minutes.',
      'closing-soon': 'The last minute.',
      closing: 'The time is over: the connection is being closed, the work stays to be read.',
      'closing-reloaded': 'A window that was opened while the glass was closing.',
      'long-live': 'Long names everywhere, many tabs, an open transaction.',
      narrow: 'The panes as narrow as they get.',
    },
  },
  {
    title: 'When something is away',
    scenes: {
      connecting: 'The first connection to the database.',
      'collector-away': 'The collector does not answer: records wait on the disk, and the status line says so.',
      'database-away': 'The connection is lost, and a statement could not be sent.',
      lost: 'The connection was lost with a transaction open.',
      'lost-midway': 'It was lost while rows came: what had come is kept, the outcome is not known.',
      blocked: 'The log on this device cannot be written, so nothing is sent.',
      'tabs-coming': 'The tabs are still being read from the disk.',
      'waiting-away': 'Asked, and the collector does not answer; the request stands.',
    },
  },
  {
    title: 'Closed: the summary',
    scenes: {
      closed: 'Handed back: what was done, and that every record arrived.',
      'closed-tools': 'Other tools were connected; an open transaction was rolled back.',
      'closed-expired': 'The time was over while a statement ran; some records are still on their way.',
      'long-closed': 'Large figures and long names.',
    },
  },
  {
    title: 'Running statements',
    scenes: {
      running: 'A statement runs.',
      script: 'A script of twelve statements, at the third.',
      'script-long': 'Statement 4,300 of 10,000 failed: where it stands, and what was not sent.',
      cancelling: 'The server was asked to cancel.',
      'cancel-unconfirmed': 'The server has not confirmed; the connection can be closed.',
      cancelled: 'Cancelled.',
      'timed-out': 'Stopped by the statement timeout.',
      unknown: 'The outcome is not known.',
      error: 'An error, marked in the text.',
      denied: 'A table that is not in this grant.',
      'not-sent': 'Refused before it was sent.',
      confirm: 'An UPDATE without WHERE is asked about.',
      'write-refused': 'A write under a grant that only reads, with the way to one that may write.',
      'write-asked': 'What asking for write access does, before anything is handed back.',
    },
  },
  {
    title: 'Transactions',
    scenes: {
      'tx-manual': 'Manual: nothing is open yet.',
      'tx-auto-begin': 'A transaction that a BEGIN opened in auto-commit.',
      'tx-failed': 'The transaction failed; only rolling back is accepted.',
      'tx-idle-warning': 'It is idle, and will soon be rolled back.',
      'tx-deadline': 'It is open in the last minute of the grant.',
      'tx-rolled-back': 'It was rolled back.',
      'tx-committed': 'Committed.',
      'write-decide': 'Rows were changed: commit, or roll back.',
    },
  },
  {
    title: 'More time, write access',
    scenes: {
      extend: 'More time for the grant that is held: nothing reconnects.',
      'extend-refused': 'It was extended as often as the policy allows.',
      elevate: 'Write access for a while, in place, alone.',
      'elevate-asks': 'Several tables; it needs an approval, and what is missing is said.',
      'elevate-none': 'The policy offers nothing that writes; the way that ends this grant first.',
      elevated: 'Writing: the window is framed, a second clock runs, and it can be stopped.',
      lowered: 'Write access is over; what was not committed was undone.',
      'change-waiting': 'It waits for an approval; work goes on.',
    },
  },
  {
    title: 'Editor',
    scenes: {
      'completion-join': 'Completion offers whole joins along foreign keys.',
      'completion-signature': 'The arguments of a call.',
      warnings: 'What the grant does not allow is marked before it is run.',
      'run-part': 'Which part of a statement to run.',
      parameters: 'Values for the parameters of a statement.',
      'parameters-wrong': 'One of them is not a number.',
      snippets: 'The list of snippets.',
      'snippets-none': 'There are none yet.',
      'snippet-new': 'A new snippet from the selection.',
      'large-text': 'A text of eight megabytes: without colours, and saying so.',
    },
  },
  {
    title: 'Results: the grid',
    scenes: {
      several: 'One tab for each statement.',
      'results-tabs': 'The menu of a result.',
      'results-pinned': 'A pinned result.',
      'results-rename': 'Giving a result a name.',
      compare: 'Two results compared: changed, added and removed rows.',
      million: 'A million rows.',
      'no-rows': 'No rows.',
      capped: 'Cut by the settings, with notices of the server.',
      'let-go': 'A result that was let go to make room.',
      'rows-coming': 'Rows that are not here yet.',
      'rows-refused': 'Rows that could not be read.',
      hostile: 'Column names that look like HTML.',
      'grid-sorted': 'Sorted by two columns.',
      'grid-sorted-part': 'Sorted, where not every row is loaded.',
      'grid-filtered': 'Filtered.',
      'grid-filtered-none': 'Nothing is left by the filter.',
      'grid-filter': 'The filter of a column.',
      'grid-busy': 'Sorting takes a while, and can be stopped.',
      'grid-figures': 'Sum, average and more of the selection.',
      'grid-find': 'A text found in the rows.',
      'grid-cell-menu': 'The menu of a value.',
      'grid-columns': 'Choosing columns.',
      'grid-strange': 'Strange values: control characters, right-to-left text, NULL and empty.',
      'grid-wide': '1,600 columns, one of them kept at the left.',
    },
  },
  {
    title: 'Results: a closer look',
    scenes: {
      'value-json': 'JSON as a tree.',
      'value-text': 'A long text.',
      'value-parts': 'A text of 100 MB, read in parts.',
      'value-hex': 'Bytes in hex.',
      'value-picture': 'A picture.',
      'value-array': 'An array.',
      'value-empty': 'An empty text.',
      'value-coming': 'A value that is still being read.',
      'value-refused': 'A value that could not be read.',
      'row-form': 'A row as a form.',
    },
  },
  {
    title: 'Export',
    scenes: {
      export: 'The format of an export.',
      'export-again': 'Run again for all rows, or only what is kept here.',
      'export-kept': 'A statement that must not run again: only what is kept.',
      'export-off': 'The policy allows no export.',
      exporting: 'Exports that are being written, and one that failed.',
    },
  },
  {
    title: 'Plans and charts',
    scenes: {
      plan: 'The plan, without running the statement.',
      'plan-measured': 'Measured: where the time goes.',
      'plan-write': 'A measured UPDATE, rolled back.',
      'plan-parallel': 'Parallel workers.',
      'plan-partitions': 'Partitions.',
      'plan-disk': 'A sort that did not fit into memory.',
      'plan-flame': 'The same as a flame.',
      'plan-text': 'The same as text.',
      'plan-coming': 'Waiting for the plan.',
      'plan-failed': 'There is no plan.',
      'plan-asks': 'Measuring an UPDATE is asked about.',
      'chart-line': 'Lines over time, told apart by dash and mark as well as by colour.',
      'chart-bar': 'Bars.',
      'chart-scatter': 'Dots.',
      'chart-histogram': 'A histogram, drawn from a part of the rows.',
      'chart-nothing': 'A result that cannot be drawn.',
    },
  },
  {
    title: 'Schema',
    scenes: {
      'schema-tree': 'The tree, with what this grant allows.',
      'schema-search': 'Found by a comment.',
      'schema-no-match': 'Nothing has this name.',
      'schema-menu': 'The menu of a table.',
      'schema-reading': 'The schema is being read.',
      'schema-refused': 'It could not be read.',
      'schema-empty': 'The grant shows no table.',
      'schema-hostile': 'Names that are long, foreign, or want to deceive.',
      page: 'The page of a table.',
      'page-keys': 'Keys and checks.',
      'page-indexes': 'Indexes; one of them is not valid.',
      'page-empty': 'A section with nothing in it.',
      'page-dependencies': 'What needs it, and what it needs.',
      'page-definition': 'SQL that makes it anew.',
      'page-diagram': 'The tables around it.',
      'page-diagram-list': 'The same in words.',
      'page-sample': 'The first hundred rows.',
      'page-loading': 'A section that is being read.',
      'page-denied': 'A section that the role may not read.',
      'page-gone': 'The table was dropped.',
      'page-function': 'The page of a function.',
      'page-type': 'The page of a type: its definition, and where it is used.',
    },
  },
  {
    title: 'Saved queries',
    scenes: {
      saved: 'Folders, the chosen query with its text and details.',
      'saved-empty': 'Nothing is saved yet.',
      'saved-problem': 'The folder of the saved queries cannot be read.',
      'saved-same': 'A tab that is as it was saved.',
      'saved-edited': 'A tab that differs from what is saved.',
      'saved-changed': 'What is saved was changed elsewhere.',
      'saved-gone': 'The saved query was deleted; the text stays in the tab.',
      'saved-deleted': 'Right after a deletion, with the way back.',
      'saved-dialog': 'Saving for the first time: name, folder, parameters.',
      'saved-parameters': 'Running one: the form begins with its defaults.',
      'saved-import': 'What an import would do, before it does it.',
      'saved-import-full': 'An import with names that are taken and queries that are refused.',
      'quick-pick': 'Ctrl+P: open tabs, saved queries, tables, closed tabs, what was run.',
      'quick-pick-found': 'What was found for a few letters.',
    },
  },
  {
    title: 'Settings',
    scenes: {
      settings: 'On the first day.',
      'settings-own': 'With values of one’s own, and the way back to the default.',
      'settings-targets': 'What one target has for itself, over a grant that may write.',
      'settings-data': 'What is kept on this device, found by a search.',
      'settings-none': 'A search that finds nothing.',
      'settings-damaged': 'A part of the file could not be read; where the file is kept.',
      'target-colours': 'The colour of a target in the glass bar and at the tabs.',
      'target-colour-locked': 'The colour and the note in the form.',
    },
  },
  {
    title: 'History',
    scenes: {
      history: 'What was run, with outcome, time and place in the ledger.',
      'history-empty': 'Nothing was run yet.',
      'history-coming': 'It is being read.',
      'history-refused': 'It could not be read.',
      'history-problem': 'The disk takes no more.',
    },
  },
  {
    title: 'Local port',
    scenes: {
      'port-closed': 'Closed: what opening it means.',
      'port-walk': 'Before it is opened, in the status line.',
      'port-empty': 'Open; nobody is connected.',
      'port-tools': 'Three tools are connected.',
      'port-failed': 'A failed transaction, and who was turned away.',
      'port-copied': 'The password is in the clipboard, for a minute.',
      'port-disconnect': 'Disconnecting a tool is asked about.',
      'port-close': 'Closing it with tools connected is asked about.',
      'port-turned-away': 'A program tried a wrong password.',
      'port-hand-back': 'Handing back with tools connected is asked about.',
      'port-forbidden': 'The policy keeps it closed.',
    },
  },
  {
    title: 'Commands and help',
    scenes: {
      palette: 'Every command.',
      keys: 'The map of keys.',
      tour: 'A look around.',
      'error-codes': 'What helps with an error.',
      about: 'About, with the licences and what to send with a question.',
    },
  },
];

const known = new Set(screens.flatMap(({ scenes }) => Object.keys(scenes)));
/** Scenes that have no line here. */
export const uncaptioned = (names: readonly string[]): string[] => names.filter((name) => !known.has(name));

const picture = (name: string, theme: string, size: string) => `gallery/${name}-${theme}-${size}.webp`;
function row(name: string, words: string): string {
  const links = (size: string) =>
    ['dark', 'light'].map((theme) => `[${theme}](${picture(name, theme, size)})`).join(' · ');
  return `| ${words} | ${links('1280x800')} | ${links('1920x1080')} |`;
}

/** The page beside the pictures: every scene that there is, by screen. */
export function galleryPage(names: readonly string[]): string {
  const there = new Set(names);
  const shown = [...screens, { title: 'More', scenes: Object.fromEntries(uncaptioned(names).map((n) => [n, n])) }]
    .map(({ title, scenes }) => ({ title, scenes: Object.entries(scenes).filter(([name]) => there.has(name)) }))
    .filter(({ scenes }) => scenes.length > 0);
  const sections = shown.flatMap(({ title, scenes }) => [
    `## ${title}`,
    '',
    ...scenes.slice(0, 1).flatMap(([name, words]) => [`![${words}](${picture(name, 'dark', '1280x800')})`, '']),
    '| what is seen | 1280 × 800 | 1920 × 1080 |',
    '|---|---|---|',
    ...scenes.map(([name, words]) => row(name, words)),
    '',
  ]);
  return [
    '# Every screen and state',
    '',
    'Made by `node renderer/gallery/shots.ts --docs`; not by hand.',
    '',
    'The pictures in `gallery/` show the renderer of the product over made-up data: nothing stands behind it, and no',
    'figure in them was measured. The clocks stand still while they are taken, so that a picture changes only when the',
    'screen does. The pictures beside this page come from the whole running product (`npm run story`).',
    '',
    ...sections,
  ].join('\n');
}
