/**
 * The proxy: everything that reaches a target database passes the relay in this room (I1). A statement is sent only
 * inside a live grant (I3), only against a permit that says its signed intent is durable (I2), and only through one
 * function (`Upstream.send`). When the log or the gate says no, the client is told in PostgreSQL's own words (I6). Rows
 * are kept for the app in an encrypted store and nowhere else (I8).
 *
 *   wire/         the protocol's frames and messages
 *   connect       opens connections to the target: TLS, cancel requests
 *   authenticate  the first words there: protocol version, SCRAM
 *   upstream      an open one, and the one way out
 *   relay/        one client, one backend, one audit session; the gate's words; the cut
 *   runner/       the editor's statements, results and schema, as a client of the relay
 *   port/         the local port: other tools, as clients of the relay
 *   export/       results into files
 *
 * Called by main/grants, which opens one relay, one runner and one port for each live grant.
 */
export { type Exporter, type ExporterOptions, type ExportTotals, openExporter } from './export/index.ts';
export { writeWhole } from './export/whole.ts';
export { folderWords } from './export/words.ts';
export type { Gate, GateRefusal } from './gate.ts';
export {
  connectionUri,
  conninfo,
  type LocalPort,
  openLocalPort,
  type PortClient,
  type PortFacts,
  type PortState,
  passfileLine,
  powershellSettings,
  psqlCommand,
  shellExports,
  shellQuote,
} from './port/index.ts';
export { type CutReport, type Origin, openRelay, type Relay, type RelayOptions } from './relay/relay.ts';
export type { Tally } from './relay/tally.ts';
export {
  type CatalogQuestion,
  columnsQuestion,
  itemsQuestion,
  neighboursQuestion,
  sectionQuestion,
  treeQuestion,
} from './runner/catalog/index.ts';
export type { ConnectionState } from './runner/connection.ts';
export type { Runner, RunnerOptions } from './runner/contract.ts';
export { openRunner } from './runner/runner.ts';
