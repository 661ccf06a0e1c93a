// Every npm script starts here, on whatever Node the person has (20.19 or newer): installs the packages of
// package-lock.json when they are missing or old, then runs the wanted TypeScript file on the project's own Node 24.
//   node dev/bootstrap.mjs dev/start.ts [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Vitrine needs Node 20.19 or newer to set itself up; this is ${process.versions.node}.`);
  process.exit(1);
}

const marker = join(root, 'node_modules', '.vitrine-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
if (installed !== wanted) {
  // The standard output is the command's own: `npm run --silent port -- --json` may be read by a program.
  console.error(
    installed === '' ? 'Installing packages (once, about two minutes)…' : 'Packages changed; installing them again…',
  );
  const started = Date.now();
  // Not `npm ci`: it refuses the lock file where a registry does not carry the optional packages of other platforms.
  // `install --no-save` takes the locked versions and leaves the lock file alone.
  const npm = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['inherit', 2, 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (npm.status !== 0) {
    console.error(
      'npm could not install the packages (its words are above). Nothing else was changed; run the command again.',
    );
    process.exit(npm.status ?? 1);
  }
  writeFileSync(marker, wanted);
  console.error(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
if (!existsSync(node)) {
  console.error(
    'The project’s own Node is missing from node_modules/node. Remove node_modules and run the command again.',
  );
  process.exit(1);
}
const [script, ...rest] = process.argv.slice(2);
const child = spawn(node, [join(root, script), ...rest], { cwd: root, stdio: 'inherit' });
// Ctrl+C reaches the child through the terminal; it decides when it has cleaned up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
