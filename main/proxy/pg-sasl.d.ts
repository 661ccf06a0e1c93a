/** The part of node-postgres' SCRAM that the upstream connection uses; the package ships no types for it. */
declare module 'pg/lib/crypto/sasl.js' {
  interface SaslSession {
    readonly mechanism: string;
    readonly response: string;
  }
  interface BoundStream {
    getPeerCertificate(): { raw: Uint8Array };
  }
  const sasl: {
    startSession(mechanisms: readonly string[], stream: BoundStream | null): SaslSession;
    continueSession(session: SaslSession, password: string, data: string, stream: BoundStream | null): Promise<void>;
    finalizeSession(session: SaslSession, data: string): void;
  };
  export default sasl;
}
