/**
 * The script that a terminal runs: psql, told where to connect and where the password lies. No secret is in it. It also
 * keeps the window open when psql ends with an error, so that its words can be read. Pure.
 */
import { Fault } from '../../shared/errors.ts';
import { shellQuote } from '../proxy/index.ts';

/** Of the person's own set-up: each would lead psql elsewhere, or have it want what the port does not have. */
const MISLEADING = [
  'PGAPPNAME',
  'PGCHANNELBINDING',
  'PGGSSENCMODE',
  'PGHOSTADDR',
  'PGPASSWORD',
  'PGREQUIREPEER',
  'PGSERVICE',
  'PGTARGETSESSIONATTRS',
];

/** A program that has taken the port's number over is not told the password; an older libpq does not know this one. */
const REQUIRED = ['PGREQUIREAUTH', 'scram-sha-256'] as const;

/** For `sh`. `psql`: full path of the program; `conninfo`: its one argument. */
export const shellScript = (psql: string, conninfo: string): string => `#!/bin/sh
# Written by Vitrine for one psql.
unset ${MISLEADING.join(' ')}
export ${REQUIRED.join('=')}
printf '\\033]0;psql through Vitrine\\007'
${shellQuote(psql)} ${shellQuote(conninfo)}
status=$?
[ "$status" -eq 0 ] && exit
printf '\\npsql ended with %s. Press Enter to close this window. ' "$status"
read -r _
`;

/** For `cmd.exe`, which has no way to quote every character: throws a Fault where it could be read as something else. */
export function commandScript(psql: string, conninfo: string): string {
  if (/["\r\n^&|<>!]/.test(psql + conninfo))
    throw new Fault(
      'psql_name_not_possible',
      'The name of this database has a character that the Windows console cannot pass on.',
      'Copy the connection string into your tool instead.',
    );
  const quoted = [psql, conninfo].map((text) => `"${text.replaceAll('%', '%%')}"`);
  return [
    '@echo off',
    'rem Written by Vitrine for one psql.',
    ...MISLEADING.map((name) => `set ${name}=`),
    `set ${REQUIRED.join('=')}`,
    quoted.join(' '),
    'if errorlevel 1 pause',
    '',
  ].join('\r\n');
}
