import { readdir, stat } from 'node:fs/promises'
import { hash } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Part of file names that stands for this machine. */
const machine = hash('sha256', hostname(), 'hex').slice(0, 12)

/** Names of files that this process receives blobs in. */
const receiving = new Set<string>()

/**
 * Names a file for a blob that this process receives: `<machine>-<process>-<id>.part`.
 * @returns the name, and a function to be called once the file is gone
 */
export const partName = (id: string): { readonly name: string; readonly release: () => void } => {
  const name = `${machine}-${process.pid}-${id}.part`
  receiving.add(name)
  return { name, release: () => void receiving.delete(name) }
}

/** Whether a process of this machine runs; one of another user counts. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Age at which parts of other machines are leftovers, in ms. */
const abandonedAfter = 24 * 60 * 60_000

/**
 * Lists the files that crashed processes have left: those of processes of this machine that do not run any more, and those
 * of other machines that have not changed for a day.
 * @returns paths
 */
export const leftoversIn = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder)
  const times = new Map<string, number>()
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found) times.set(name, found.mtimeMs)
  }
  // The clock of the file system may be another machine's; the latest file shows its least time.
  const now = Math.max(...times.values())
  return [...times]
    .filter(([name, time]) => {
      const [, host, pid] = /^([0-9a-f]{12})-(\d+)-[0-9a-f-]+\.part$/.exec(name) ?? []
      if (host !== machine) return now - time > abandonedAfter
      const process_ = Number(pid)
      return process_ === process.pid ? !receiving.has(name) : !runs(process_)
    })
    .map(([name]) => join(folder, name))
}
