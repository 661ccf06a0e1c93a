/**
 * An error that a person can act on: a stable code, what happened and what was kept, what to do next. Everything that
 * reaches a user is one of these; any other error is a defect and is shown as such, without its internals. (I6)
 */
export class Fault extends Error {
  readonly code: string;
  readonly hint: string | null;
  constructor(code: string, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
    this.hint = hint;
  }
}
