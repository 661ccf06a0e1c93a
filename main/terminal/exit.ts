/** What the command's exit code says; documented in `docs/terminal.md`. A command after `--` passes on its own. */
export const exit = {
  handedBack: 0,
  /** A defect; the words are on the terminal. */
  defect: 1,
  usage: 2,
  /** Refused by the policy, denied, lapsed, or not opened. */
  noGrant: 3,
  /** Nobody signed in, or the device key did not open. */
  noLogin: 4,
  unreachable: 5,
  /** Ended by the deadline, by somebody else, or by a fault. */
  endedEarly: 6,
  /** Handed back, but a record or the end of the role is not confirmed yet. */
  unconfirmed: 7,
  /** This machine: the log, the folder, the local port. */
  machine: 8,
  /** Stopped before anything was open, or twice. */
  stopped: 130,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

const CODES: Readonly<Record<string, ExitCode>> = {
  collector_unreachable: exit.unreachable,
  idp_unreachable: exit.unreachable,
  not_a_collector: exit.unreachable,
  insecure_origin: exit.unreachable,
  usage: exit.usage,
  log_not_writable: exit.machine,
  log_damaged: exit.machine,
  already_running: exit.machine,
  key_damaged: exit.noLogin,
  wrong_passphrase: exit.noLogin,
};

/** The exit code of an error, by its code and by what was being done. */
export const exitOf = (code: string, otherwise: ExitCode): ExitCode => CODES[code] ?? otherwise;
