import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/**
 * The processes of PostgreSQL that work in a data folder: they are started in it and never leave it. A process that has
 * merely got the number of an old one is not among them, nor is a shell of someone who looks around there.
 */
export const processesIn = async (data: string): Promise<readonly number[]> => {
  const folder = await realpath(data).catch(() => undefined)
  if (folder === undefined) return []
  const entries = await readdir('/proc').catch(() => undefined)
  if (!entries) return withoutProc(folder)
  const pids = entries.map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const inside = await Promise.all(
    pids.map(async (pid) => {
      // Fails for processes of others and for those that are gone.
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
      if (cwd !== folder) return false
      return programs.test(await readlink(`/proc/${pid}/exe`).catch(() => ''))
    }),
  )
  return pids.filter((_, index) => inside[index])
}

/** PostgreSQL, or what is about to become it. */
const programs = /\/(postgres|initdb|setpriv|unshare)( \(deleted\))?$/

/** macOS: the process that the lock file names, if it is PostgreSQL on this folder. */
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
 * Stops what a killed process has left running on a data folder, and removes the lock file; the caller must hold the
 * folder. It is asked to shut down first; whoever is still there after `patience` is asked to leave at once, and after as
 * long again is killed.
 * Nothing that was committed is lost by either.
 * @param options.patience ms, default 5,000
 * @throws Error when it cannot be stopped
 */
export const stopLeftovers = async (
  data: string,
  { patience = 5_000 }: { readonly patience?: number } = {},
): Promise<void> => {
  const gone = async (within: number): Promise<boolean> => {
    const deadline = Date.now() + within
    while ((await processesIn(data)).length > 0) {
      if (Date.now() > deadline) return false
      await pause(10)
    }
    return true
  }
  const tell = async (signal: NodeJS.Signals, all: boolean): Promise<void> => {
    const postmaster = await postmasterOf(data)
    for (const pid of await processesIn(data))
      if (all || pid === postmaster)
        try {
          process.kill(pid, signal)
        } catch {
          // It has just ended, or is another user's, which shows below.
        }
  }

  const end = async (): Promise<boolean> => {
    if (await gone(0)) return true
    await tell('SIGINT', false)
    if (await gone(patience)) return true
    await tell('SIGQUIT', false)
    if (await gone(patience)) return true
    await tell('SIGKILL', true)
    return gone(5_000)
  }
  if (!(await end()))
    throw new Error(`PostgreSQL still runs on ${data} (${(await processesIn(data)).join(', ')})`)
  // PostgreSQL itself would take any process that has got the same number for the one that wrote these.
  await rm(join(data, 'postmaster.pid'), { force: true })
  const names = await readdir(data).catch(() => [])
  for (const name of names) if (isOfSocket(name)) await rm(join(data, name), { force: true })
}
