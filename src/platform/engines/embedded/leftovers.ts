import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/**
 * Finds the processes of PostgreSQL that work in a data folder: it is their working directory from start to end. A process
 * that reuses the id of an earlier one is not among them, nor is a shell in that folder.
 */
export const processesIn = async (data: string): Promise<readonly number[]> => {
  const folder = await realpath(data).catch(() => undefined)
  if (folder === undefined) return []
  const entries = await readdir('/proc').catch(() => undefined)
  if (!entries) return withoutProc(folder)
  const pids = entries.map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const inside = await Promise.all(
    pids.map(async (pid) => {
      // Fails for processes of other users and for those that have ended.
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
      if (cwd !== folder) return false
      return programs.test(await readlink(`/proc/${pid}/exe`).catch(() => ''))
    }),
  )
  return pids.filter((_, index) => inside[index])
}

/** PostgreSQL, or a program that is about to execute it. */
const programs = /\/(postgres|initdb|setpriv|unshare)( \(deleted\))?$/

/** On macOS: the process in the lock file, if it is a PostgreSQL on this folder. */
const withoutProc = async (data: string): Promise<readonly number[]> => {
  const pid = await postmasterOf(data)
  if (pid === undefined) return []
  const command = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  )
  return command.includes('postgres') && command.includes(data) ? [pid] : []
}

/** Whether a file is a Unix socket of PostgreSQL, or the lock file beside it. */
const isOfSocket = (name: string): boolean => name.startsWith('.s.PGSQL.')

const postmasterOf = async (data: string): Promise<number | undefined> => {
  const [first] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(first) || undefined
}

/**
 * Stops the PostgreSQL that a killed process has left running on a data folder, and removes its lock file; the caller must hold
 * the lock of the folder. First it is sent a fast shutdown; after `timeoutMs` an immediate one; after as long again it is
 * killed. No committed transaction is lost by any of them.
 * @param options.timeoutMs in ms, default 5,000
 * @throws Error when it cannot be stopped
 */
export const stopLeftovers = async (
  data: string,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> => {
  const haveEnded = async (within: number): Promise<boolean> => {
    const deadline = Date.now() + within
    while ((await processesIn(data)).length > 0) {
      if (Date.now() > deadline) return false
      await pause(10)
    }
    return true
  }
  const send = async (signal: NodeJS.Signals, all: boolean): Promise<void> => {
    const postmaster = await postmasterOf(data)
    for (const pid of await processesIn(data))
      if (all || pid === postmaster)
        try {
          process.kill(pid, signal)
        } catch {
          // The process has just ended, or belongs to another user; the latter fails below.
        }
  }

  const end = async (): Promise<boolean> => {
    if (await haveEnded(0)) return true
    await send('SIGINT', false)
    if (await haveEnded(timeoutMs)) return true
    await send('SIGQUIT', false)
    if (await haveEnded(timeoutMs)) return true
    await send('SIGKILL', true)
    return haveEnded(5_000)
  }
  if (!(await end()))
    throw new Error(`PostgreSQL still runs on ${data} (${(await processesIn(data)).join(', ')})`)
  // PostgreSQL itself would mistake any process with the same id for the one that wrote these files.
  await rm(join(data, 'postmaster.pid'), { force: true })
  const names = await readdir(data).catch(() => [])
  for (const name of names) if (isOfSocket(name)) await rm(join(data, name), { force: true })
}
