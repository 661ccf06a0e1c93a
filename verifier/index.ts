/**
 * `vitrine-verify BUNDLE [--log-key VKEY] [--json]`: checks an evidence bundle offline. This room only reads the file and
 * prints; every check is in `shared/audit/verify-bundle.ts`. Exit codes: 0 no finding, 1 a defect of this program, 2 wrong
 * use or an unreadable file, else the code of the first class of check with a finding (docs/record-format.md). (I4, I5)
 */
import { main } from './cli.ts';

process.exitCode = await main(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
