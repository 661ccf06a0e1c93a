/**
 * The development certificate authority: one server certificate for loopback, and the authority that signed it. The
 * authority's private key is never kept, so nothing else can ever be signed by it; when the certificate runs out, both
 * are made anew.
 */
import 'reflect-metadata'; // @peculiar/x509 builds on tsyringe, which refuses to load without it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface ServerCertificate {
  /** PEM of the authority that a client must trust. */
  readonly ca: string;
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  /** Where {@link ca} is kept, for configurations that name a file. */
  readonly caFile: string;
}

const day = 24 * 3600 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Reads the certificate kept in `dir`, or makes one when there is none or it ends within 30 days. */
export async function serverCertificate(dir: string): Promise<ServerCertificate> {
  const caFile = join(dir, 'ca.pem');
  const certificateFile = join(dir, 'server.pem');
  const keyFile = join(dir, 'server.key');
  if ([caFile, certificateFile, keyFile].every(existsSync)) {
    const certificate = readFileSync(certificateFile, 'utf8');
    if (new x509.X509Certificate(certificate).notAfter.getTime() - Date.now() > 30 * day) {
      return { ca: readFileSync(caFile, 'utf8'), certificate, key: readFileSync(keyFile, 'utf8'), caFile };
    }
  }
  const made = await makeCertificate();
  mkdirSync(dir, { recursive: true });
  writeFileSync(keyFile, made.key, { mode: 0o600 });
  writeFileSync(certificateFile, made.certificate);
  writeFileSync(caFile, made.ca);
  return { ...made, caFile };
}

/** A fresh authority and a certificate of it for `localhost` and `127.0.0.1`, valid for two years. */
async function makeCertificate(): Promise<Omit<ServerCertificate, 'caFile'>> {
  x509.cryptoProvider.set(crypto);
  const authorityKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serverKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - day);
  const notAfter = new Date(Date.now() + 730 * day);

  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Vitrine development authority',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    notBefore,
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    notBefore,
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    ca: `${authority.toString('pem')}\n`,
    certificate: `${server.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}
