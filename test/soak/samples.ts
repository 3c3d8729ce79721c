import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import type { Cluster } from './cluster.ts'
import type { Point } from './slope.ts'

/** What is measured all the while, by name. */
export type Samples = {
  readonly series: ReadonlyMap<string, readonly Point[]>
  readonly stop: () => Promise<void>
}

/**
 * Numbers of rows that are to stay the same under a steady load, however long it takes. Tables that keep rows for a time
 * (done jobs for an hour, receipts for a day) are measured by the rows that are past it.
 */
const tables: Readonly<Record<string, string>> = {
  'jobs that are due or under way': `SELECT count(*) FROM agora.jobs WHERE state = 'open' AND due_at <= now() + interval '1 minute'`,
  'jobs that are parked': `SELECT count(*) FROM agora.jobs WHERE state = 'parked'`,
  'done jobs past their time': `SELECT count(*) FROM agora.jobs WHERE state = 'done' AND ended_at < now() - interval '65 minutes'`,
  'receipts past their time': `SELECT count(*) FROM agora.receipts WHERE greatest(expires_at, bound_until) < now() - interval '2 hours'`,
  'registered instances': 'SELECT count(*) FROM agora.instances',
  'reports of processes': 'SELECT count(*) FROM agora.process_reports',
  'readers of events': 'SELECT count(*) FROM agora.event_readers',
  'listeners of the log': 'SELECT count(*) FROM agora.log_listeners',
  generations: 'SELECT count(*) FROM agora.generations',
  'dead letters': 'SELECT count(*) FROM agora.dead_letters',
  leases: `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`,
  connections: `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'`,
}
/** Sizes that follow from what was done; they are reported, not judged. */
const growing: Readonly<Record<string, string>> = {
  events: 'SELECT count(*) FROM agora.events',
  'rows of receipts': 'SELECT count(*) FROM agora.receipts',
  // Each request whose process was killed leaves one until its time.
  'receipts without an answer': `SELECT count(*) FROM agora.receipts WHERE status IS NULL`,
  'rows of jobs': 'SELECT count(*) FROM agora.jobs',
  'bytes of the database': 'SELECT pg_database_size(current_database())',
}

/** Name of a series that is reported and not judged. */
export const isGrowing = (name: string): boolean => Object.hasOwn(growing, name)

/** Whether a series is memory, in bytes. */
export const isMemory = (name: string): boolean => name.startsWith('memory of ')

/** Resident memory of a process, in bytes; undefined where there is no `/proc`. */
const residentOf = async (pid: number): Promise<number | undefined> => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /VmRSS:\s+(\d+)/.exec(text)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/** Used heap of a process, in bytes. */
const heapOf = async (url: string): Promise<number | undefined> => {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  )
  const text = (await answer?.text().catch(() => '')) ?? ''
  const used = /^nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]
  return used === undefined ? undefined : Number(used)
}

/** Samples a cluster until it is stopped. @param everyMs between two samples */
export const sample = (cluster: Cluster, everyMs: number): Samples => {
  const series = new Map<string, Point[]>()
  const stopped = new AbortController()
  const begin = performance.now()
  const put = (name: string, value: number | undefined) => {
    if (value === undefined) return
    const points = series.get(name) ?? []
    points.push([(performance.now() - begin) / 1_000, value])
    series.set(name, points)
  }
  const once = async () => {
    for (const { name, pid, url, logs } of cluster.members) {
      const [id, at] = [pid(), url()]
      if (id === undefined || at === undefined) continue
      // Each start begins a series.
      const which = `${name}, start ${logs.length}`
      put(`memory of ${which}: resident`, await residentOf(id))
      put(`memory of ${which}: heap`, await heapOf(at))
    }
    const database = openDatabase(cluster.postgresUrl, { connections: 1 })
    try {
      for (const [name, sql] of Object.entries({ ...tables, ...growing })) {
        const [row] = await database.query<{ count?: string; pg_database_size?: string }>(sql)
        put(name, Number(row?.count ?? row?.pg_database_size))
      }
    } catch {
      // PostgreSQL was killed just now.
    } finally {
      await database.close()
    }
  }
  const run = async () => {
    while (!stopped.signal.aborted) {
      await once()
      await pause(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    series,
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
