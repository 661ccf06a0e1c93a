/**
 * Which program is at the other end of a loopback connection, as far as the system tells. On Linux the kernel lists
 * connections with the inode of their socket, and each process its sockets; elsewhere the answer is null. For display
 * only: nothing is decided by it.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

export interface Peer {
  readonly pid: number;
  readonly program: string;
}

/** Machines with very many processes are not searched to the end, ms. */
const SEARCH_MS = 1000;

/** `near` and `far` are ports on IPv4 loopback, of our end and of the client's. Never rejects. */
export async function peerOf(near: number, far: number): Promise<Peer | null> {
  if (process.platform !== 'linux') return null;
  const until = performance.now() + SEARCH_MS;
  const inode = await inodeOf(far, near);
  if (inode === null) return null;
  const socket = `socket:[${inode}]`;
  // A tool that has just connected is most likely a young process.
  const pids = (await names('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.sort((a, b) => b - a)) {
    if (performance.now() > until) return null;
    // One after the other: the threads that read files also sync the log.
    for (const fd of await names(`/proc/${pid}/fd`))
      if ((await link(`/proc/${pid}/fd/${fd}`)) === socket) return { pid, program: await programOf(pid) };
  }
  return null;
}

/** Inode of the socket that is bound to `local` and connected to `remote`; Java's are IPv6 sockets with IPv4 inside. */
async function inodeOf(local: number, remote: number): Promise<string | null> {
  const port = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
  for (const [file, address] of [
    ['/proc/net/tcp', '0100007F'],
    ['/proc/net/tcp6', '0000000000000000FFFF00000100007F'],
  ] as const) {
    const wanted = ` ${address}:${port(local)} ${address}:${port(remote)} `;
    const line = (await text(file)).split('\n').find((one) => one.includes(wanted));
    const fields = line?.trim().split(/\s+/) ?? [];
    const [owner, inode] = [Number(fields[7]), fields[9]];
    // The sockets of somebody else's process are hidden from all but root.
    const visible = process.getuid?.() === 0 || process.getuid?.() === owner;
    if (inode !== undefined && inode !== '0') return visible ? inode : null;
  }
  return null;
}

async function programOf(pid: number): Promise<string> {
  const path = (await link(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  return path === '' ? (await text(`/proc/${pid}/comm`)).trim() : basename(path);
}

// A process may be gone, or belong to somebody else: then it has nothing to say.
const names = (path: string): Promise<string[]> => readdir(path).catch(() => []);
const link = (path: string): Promise<string> => readlink(path).catch(() => '');
const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
