// A small certificate authority for the line between the sites: one CA, one certificate per site, used as server and as client.
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import 'reflect-metadata'; // x509 finds its parts by decorators and asks for this first
import * as x509 from '@peculiar/x509';

/** ECDSA with P-256 and SHA-256: what every TLS 1.3 peer supports, and small. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export type Issued = { readonly certificate: string; readonly key: string };
type Validity = { readonly from: Date; readonly days: number };

export async function makeAuthority(name: string, validity: Validity): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...times(validity),
    serialNumber: serial(),
    name: `CN=${name}`,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** `hosts` are the DNS names and IP addresses under which the site is dialled. */
export async function issue(
  authority: Issued,
  name: string,
  hosts: readonly string[],
  validity: Validity,
): Promise<Issued> {
  const ca = new x509.X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    ...times(validity),
    serialNumber: serial(),
    subject: `CN=${name}`,
    issuer: ca.subject,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** Whole days that a certificate is still valid; negative once it is not. */
export function daysLeft(certificate: string, now: Date): number {
  return Math.floor((new x509.X509Certificate(certificate).notAfter.getTime() - now.getTime()) / 86_400_000);
}

function times(validity: Validity): { notBefore: Date; notAfter: Date } {
  // Clocks of the sites may differ a little; a certificate made now must be good at both.
  const notBefore = new Date(validity.from.getTime() - 3_600_000);
  return { notBefore, notAfter: new Date(validity.from.getTime() + validity.days * 86_400_000) };
}

const serial = (): string => Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex');

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function privateKeyOf(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('ca.key holds no private key');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
