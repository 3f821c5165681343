// Passwords and tokens of one `up`, made once per data folder and kept there, readable by its owner only.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { filesOf } from './layout.ts';

/** The cantons' own abbreviations, in the order of the Federal Constitution, article 1. */
const CANTONS = 'ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU'.split(
  ' ',
) as readonly string[];

export type Tokens = {
  readonly operator: string;
  readonly sre: string;
  readonly auditor: string;
  readonly cantons: Readonly<Record<string, string>>;
};

export type Secrets = {
  readonly natsSite: string;
  readonly natsSys: string;
  readonly natsReader: string;
  readonly natsLeaf: string;
  readonly pgSuperuser: string;
  readonly pgOwner: string;
  readonly pgApp: string;
  readonly internalToken: string;
  readonly wrappingKey: string;
  readonly tokens: Tokens;
};

/** Letters and digits, a letter first: nats-server reads a value of the environment as a number when it looks like one. */
const secret = (): string => `s${randomBytes(18).toString('hex')}`;

export function secretsOf(dataDir: string): Secrets {
  const files = filesOf(dataDir);
  const secrets = existsSync(files.secrets)
    ? (JSON.parse(readFileSync(files.secrets, 'utf8')) as Secrets)
    : makeSecrets();
  writeFileSync(files.secrets, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(files.wrappingKey, `${secrets.wrappingKey}\n`, { mode: 0o600 });
  writeFileSync(files.tokens, `${JSON.stringify(digests(secrets.tokens), null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function makeSecrets(): Secrets {
  const cantons: Record<string, string> = {};
  for (const canton of CANTONS) cantons[canton] = secret();
  return {
    natsSite: secret(),
    natsSys: secret(),
    natsReader: secret(),
    natsLeaf: secret(),
    pgSuperuser: secret(),
    pgOwner: secret(),
    pgApp: secret(),
    internalToken: secret(),
    wrappingKey: randomBytes(32).toString('hex'),
    tokens: { operator: secret(), sre: secret(), auditor: secret(), cantons },
  };
}

function digests(tokens: Tokens): object {
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  return {
    // A site in production refuses this file.
    demonstration: true,
    tokens: [
      { sha256: sha256(tokens.operator), role: 'operator' },
      { sha256: sha256(tokens.sre), role: 'sre' },
      { sha256: sha256(tokens.auditor), role: 'auditor' },
      ...Object.entries(tokens.cantons).map(([canton, token]) => ({ sha256: sha256(token), role: 'canton', canton })),
    ],
  };
}
