/**
 * The local port: other tools (psql, DBeaver, any driver) work under the same grant, gate and log as the editor, as
 * clients of the relay (I1). It listens on loopback only, lets in who proves the password of this opening (SCRAM), and is
 * gone with the grant (I3). Whoever has not authenticated reaches neither the relay nor the target. The password is
 * in `PortFacts` and nowhere else: no state, record or log has it (I7).
 *
 *   port          opens, closes, counts, disconnects
 *   listener      the socket that listens
 *   waiting-room  who has not proven anything yet
 *   admit         what a client says and proves before it is let in
 *   scram         the server's side of SCRAM-SHA-256
 *   clients       who is connected, for the window
 *   turned-away   who was turned away, for the window
 *   peers, peer   which program is at the other end
 *   directions    how programs find the port: address, variables, command
 *
 * Called by main/grants, which opens one for each live grant.
 */
export type { PortClient, PortRefusal } from './clients.ts';
export {
  connectionUri,
  conninfo,
  environment,
  type PortFacts,
  passfileLine,
  powershellSettings,
  psqlCommand,
  shellExports,
  shellQuote,
} from './directions.ts';
export { type LocalPort, openLocalPort, type PortOptions, type PortState } from './port.ts';
