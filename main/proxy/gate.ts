/** The gate of one grant: asked before an intent is recorded and again right before the socket is written. (I3) */
export interface Gate {
  /** Pure and cheap: why nothing may be sent now; null when it may. `code` is a SQLSTATE. */
  refusal(): GateRefusal | null;
}
export interface GateRefusal {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint: string;
}
