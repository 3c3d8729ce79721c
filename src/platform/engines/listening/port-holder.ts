import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'

/** The process that listens at a port. */
export type PortHolder = { readonly pid: number; readonly command: string }

/** The state LISTEN in `/proc/net/tcp` (Linux, include/net/tcp_states.h). */
const listening = '0A'

/** An IPv4 address as in `/proc/net/tcp` of little-endian machines: 127.0.0.1 is 0100007F. */
const hexOf = (host: string): string =>
  host
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('')

/** Inodes of the sockets that listen at an address. @param host an IPv4 address; any other text matches every address */
const socketsAt = async (host: string, port: number): Promise<ReadonlySet<string>> => {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const end = `:${port.toString(16).padStart(4, '0').toUpperCase()}`
  const isIPv4 = /^\d+(\.\d+){3}$/.test(host) && host !== '0.0.0.0'
  const inodes = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === listening && local.endsWith(end))
    .filter(([, local = '']) => {
      const address = local.slice(0, -end.length)
      // An IPv6 socket may accept IPv4 connections as well.
      return !isIPv4 || address.length > 8 || [hexOf(host), '00000000'].includes(address)
    })
    .flatMap(([, , , , , , , , , inode]) => inode ?? [])
  return new Set(inodes)
}

/** Shortens a command line to parts that hold no secrets: its program, and the first argument that looks like a path. */
export const commandOf = (words: readonly string[]): string => {
  const [program = '', ...rest] = words
  const script = rest.find(
    (word, at) =>
      /^[\w./~+-]+$/.test(word) && !word.startsWith('-') && !takesValue.test(rest[at - 1] ?? ''),
  )
  return [basename(program), ...(script === undefined ? [] : [script])].join(' ').slice(0, 200)
}

/** An option whose value may be the next word. */
const takesValue = /^-[^=]*$/

const holds = async (pid: string, sockets: ReadonlySet<string>): Promise<boolean> => {
  // Processes of other users cannot be inspected.
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const file of files) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? []
    if (inode !== undefined && sockets.has(inode)) return true
  }
  return false
}

/**
 * Finds the process that listens at a port, in Linux's `/proc`.
 * @returns undefined on other systems, and for a process of another user
 */
export const portHolder = async (host: string, port: number): Promise<PortHolder | undefined> => {
  const sockets = await socketsAt(host, port)
  if (sockets.size === 0) return undefined
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    if (!(await holds(pid, sockets))) continue
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return { pid: Number(pid), command: commandOf(words.split('\0').filter(Boolean)) }
  }
  return undefined
}
