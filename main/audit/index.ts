/**
 * The write-ahead log of this device and its way to the ledger (docs/record-format.md, 12). Every record is signed, chained
 * to the one before and durable before the statement it permits is sent (I2); what is recorded reaches the ledger in
 * order and is deleted here only when a verified receipt proves that it is there (I4, I5); when the log cannot be
 * written, nothing is sent and the state says why (I6). Result rows never come here (I8).
 *
 * The relay in `main/proxy` opens sessions and asks for permits; the composition root opens the log and starts the
 * uploader. Nobody else calls in.
 */
export type { LogFile, LogFiles } from './files.ts';
export { type AuditLogOptions, openAuditLog } from './log.ts';
export type {
  AuditLog,
  CollectorUploads,
  DeviceSigner,
  IntentFacts,
  LogState,
  NoticeFacts,
  OutcomeFacts,
  Permit,
  SealedItem,
  SessionFacts,
  SessionLog,
  Uploader,
} from './types.ts';
export { startUploader } from './uploader.ts';
