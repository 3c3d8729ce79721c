import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { Unavailable } from '../../unavailable.ts'
import { latestFirst, matcherOf } from './matching.ts'
import { LogEntry, type LogQuery, type LogStore } from './port.ts'

/** Limits of the files: the size of one and of all, in bytes, and their age, in ms. */
export type LogFileLimits = {
  readonly file: number
  readonly total: number
  readonly age: number
}

const day = 24 * 60 * 60_000

/** Default limits. A query reads one file at a time. */
const defaultLogFileLimits: LogFileLimits = {
  file: 1_048_576,
  total: 32 * 1_048_576,
  age: 14 * day,
}

/** Names of the files: day and time (in ms) of their first line, and the process. */
const isLogFile = (name: string): boolean => /^\d{4}-\d{2}-\d{2}-\d{13}-[\w.-]+\.ndjson$/.test(name)
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const startOf = (name: string): number => Number(name.slice(11, 24))

/** A file with its size and the time of its last line. */
type Found = { readonly name: string; readonly bytes: number; readonly last: number }

/** Time in ms by which the clock of files may differ from that of lines. */
const inexact = 2_000

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const parsed = (line: string): LogEntry | undefined => {
  try {
    const entry: unknown = JSON.parse(line)
    return Check(LogEntry, entry) ? entry : undefined
  } catch {
    // The last line of a process that was killed, or of a full disk.
    return undefined
  }
}

/**
 * Log lines in files of JSON lines, rotated by day and size; the oldest are deleted beyond the limits. Each process writes
 * its own files, and reads those of all that share the folder.
 * @param folder created with the first line
 * @param options.process name of this process in names of files
 * @param options.now clock, in ms
 */
export const logFiles = (
  folder: string,
  {
    process,
    limits = defaultLogFileLimits,
    now = () => Date.now(),
  }: {
    readonly process: string
    readonly limits?: LogFileLimits
    readonly now?: () => number
  },
): LogStore => {
  const owner = process.replaceAll(/[^\w.-]/g, '_')
  let current: { readonly name: string; readonly day: string; bytes: number } | undefined
  let writing: Promise<unknown> = Promise.resolve()

  const files = async (): Promise<readonly Found[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    })
    const found = await Promise.all(
      names.filter(isLogFile).map(async (name): Promise<Found | undefined> => {
        try {
          const { size, mtimeMs } = await stat(join(folder, name))
          return { name, bytes: size, last: mtimeMs }
        } catch (error) {
          // Another process has deleted it.
          if (hasCode(error, 'ENOENT')) return undefined
          throw error
        }
      }),
    )
    return found.filter((one) => one !== undefined).toSorted((a, b) => b.last - a.last)
  }

  /** Deletes what exceeds the limits, the oldest first, with room for a new file. */
  const clean = async (): Promise<void> => {
    let bytes = limits.file
    for (const file of await files()) {
      bytes += file.bytes
      if (bytes > limits.total || now() - file.last > limits.age)
        await rm(join(folder, file.name), { force: true })
    }
  }

  const rotate = async (first: string) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await clean()
    const name = `${first.slice(0, 10)}-${String(Date.parse(first)).padStart(13, '0')}-${owner}.ndjson`
    return { name, day: dayOf(now()), bytes: 0 }
  }

  const append = async (entries: readonly LogEntry[]): Promise<void> => {
    const [first] = entries
    if (!first) return
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    const bytes = Buffer.byteLength(text)
    if (!current || current.day !== dayOf(now()) || current.bytes + bytes > limits.file)
      current = await rotate(first.time)
    const { name } = current
    current.bytes += bytes
    await appendFile(join(folder, name), text, { mode: 0o600 })
  }

  const find = async (query: LogQuery): Promise<readonly LogEntry[]> => {
    const { from, to, before, limit } = query
    const matches = matcherOf(query)
    const since = from === undefined ? -Infinity : Date.parse(from)
    const until = Math.min(
      to === undefined ? Infinity : Date.parse(to),
      before ? Date.parse(before.time) : Infinity,
    )
    const found = new Map<string, LogEntry>()
    for (const { name, last } of await files()) {
      if (last + inexact < since) break
      const oldest = found.size < limit ? undefined : [...found.values()].at(-1)
      // All others were last written before the oldest of what is found.
      if (oldest && Date.parse(oldest.time) > last + inexact) break
      if (startOf(name) - inexact > until) continue
      const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return ''
        throw error
      })
      for (const line of text.split('\n')) {
        if (query.level !== undefined && !line.includes(`"level":"${query.level}"`)) continue
        if (query.traceId !== undefined && !line.includes(JSON.stringify(query.traceId))) continue
        const entry = parsed(line)
        if (entry && matches(entry)) found.set(entry.id, entry)
      }
      const latest = [...found.values()].toSorted(latestFirst).slice(0, limit)
      found.clear()
      for (const entry of latest) found.set(entry.id, entry)
    }
    return [...found.values()]
  }

  const unavailable = (error: unknown): never => {
    throw new Unavailable('The files of log lines cannot be used', { cause: error })
  }
  return {
    write: (entries) => {
      const written = writing
        .then(() => append(entries))
        .catch((error: unknown) => {
          // Its last line may have been cut off: another file begins with a whole one.
          current = undefined
          return unavailable(error)
        })
      writing = written.catch(() => undefined)
      return written
    },
    find: (query) => find(query).catch(unavailable),
    close: async () => void (await writing),
  }
}
