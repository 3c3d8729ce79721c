import { X509Certificate } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import type { AnswerCounts } from '../platform/observability/reports/answer-counts.ts'
import type { PromiseCounts } from '../platform/observability/reports/promise-counts.ts'
import type { OutboundClient } from '../platform/outbound/port.ts'
import type { GroupFigures, Report, Reports } from '../platform/observability/reports/port.ts'

/** Interval of reports, in ms. */
const reportEvery = 15_000

/** Used share of the disk of a folder; undefined where it cannot be read. */
const diskUsedOf = async (folder: string): Promise<number | undefined> => {
  try {
    const { blocks, bavail } = await statfs(folder)
    return blocks > 0 ? 1 - bavail / blocks : undefined
  } catch {
    return undefined
  }
}

/** The end of a certificate, in ms. @param pem the certificate in use */
export const endOf = (pem: string | Buffer): number =>
  new X509Certificate(pem).validToDate.getTime()

/** What a process measures itself by. */
export type Measuring = {
  readonly process: string
  readonly counts: Pick<AnswerCounts, 'lastMinute' | 'commandsOfLastMinute'>
  readonly promises: Pick<PromiseCounts, 'last'>
  /** Whether stores answer, by name; a check that throws has found its store away. */
  readonly stores: Readonly<Record<string, () => Promise<unknown>>>
  readonly breakers: () => readonly { readonly url: string; readonly state: string }[]
  /** Clients of servers outside of Agora, except of stores, which are checked. */
  readonly clients: readonly Pick<OutboundClient, 'name' | 'status'>[]
  /** The data folder. */
  readonly folder: string
  /** The clock of the store. */
  readonly clock: () => Date
  /** Ends of the certificates in use, in ms, by name. */
  readonly certificates: Readonly<Record<string, number>>
  /** Number of log lines dropped since the start. */
  readonly droppedLines: () => number
  /** Groups of consumers that this process leads. Default: none. */
  readonly groups?: () => Promise<readonly GroupFigures[]>
  /** Clock of this machine, in ms. */
  readonly now?: () => number
}

/** Measures of a process. */
export type SelfReport = {
  /** Returns the last report, or measures where it is older than an interval. */
  readonly latest: () => Promise<Report>
  /**
   * Measures and stores a report in each interval.
   * @param onError called with each failure
   * @returns `close`, which removes the report of this process
   */
  readonly start: (
    reports: Pick<Reports, 'put' | 'remove'>,
    onError: (error: unknown) => void,
  ) => { readonly close: () => Promise<void> }
}

/** Creates the measures of a process; nothing is measured before a report is read or the reports are started. */
export const selfReport = ({
  process,
  counts,
  promises,
  stores,
  breakers,
  clients,
  folder,
  clock,
  certificates,
  droppedLines,
  groups = async () => [],
  now = () => Date.now(),
}: Measuring): SelfReport => {
  let last: { readonly report: Promise<Report>; readonly at: number } | undefined
  let droppedBefore = droppedLines()

  const measure = async (): Promise<Report> => {
    const [up, diskUsed, figures] = await Promise.all([
      Promise.all(
        Object.entries(stores).map(async ([name, check]) => {
          const isUp = await check().then(
            () => true,
            () => false,
          )
          return [name, isUp] as const
        }),
      ),
      diskUsedOf(folder),
      groups().catch(() => []),
    ])
    const at = now()
    const dropped = droppedLines()
    const droppedSince = dropped - droppedBefore
    droppedBefore = dropped
    return {
      process,
      answers: counts.lastMinute(),
      commands: counts.commandsOfLastMinute(),
      promises: { fiveMinutes: promises.last(5), halfHour: promises.last(30) },
      stores: Object.fromEntries(up),
      breakers: Object.fromEntries(breakers().map(({ url, state }) => [url, state !== 'closed'])),
      clients: Object.fromEntries(
        clients.map(({ name, status }) => [name, status().state !== 'closed']),
      ),
      ...(diskUsed !== undefined && { diskUsed }),
      clockSkew: Math.abs(clock().getTime() - at) / 1_000,
      certificates: Object.fromEntries(
        Object.entries(certificates).map(([name, end]) => [name, (end - at) / 1_000]),
      ),
      droppedLines: droppedSince,
      ...(figures.length > 0 && {
        groups: { at: clock().toISOString(), figures: [...figures] },
      }),
    }
  }
  const measureNow = (): Promise<Report> => (last = { report: measure(), at: now() }).report

  return {
    latest: () => (last && now() - last.at <= reportEvery ? last.report : measureNow()),
    start: (reports, onError) => {
      let running = Promise.resolve()
      const timer = setInterval(() => {
        running = measureNow().then(reports.put).catch(onError)
      }, reportEvery)
      timer.unref()
      return {
        close: async () => {
          clearInterval(timer)
          await running
          await reports.remove(process).catch(onError)
        },
      }
    },
  }
}
