import type { GroupKey, GroupSummary } from '../../../platform/messaging/consumer-groups/port.ts'
import type { GroupFigures } from '../../../platform/observability/reports/port.ts'
import type { GroupRun } from './group-run.ts'

type Totals = Pick<GroupFigures, 'delivered' | 'done' | 'retried'>

const nothing: Totals = { delivered: 0, done: 0, retried: 0 }

const added = (before: Totals, { delivered, done, retried }: Totals): Totals => ({
  delivered: before.delivered + delivered,
  done: before.done + done,
  retried: before.retried + retried,
})

/** Counts of the runs of each group that have ended, so that what is counted never decreases while a process leads. */
export const endedRuns = () => {
  const ended = new Map<string, Totals>()
  const totalsOf = (id: string, run: Pick<GroupRun, 'counts'> | undefined): Totals =>
    added(ended.get(id) ?? nothing, run?.counts() ?? nothing)
  return {
    totalsOf,
    /**
     * Adds the counts of a run that ends: what is counted must not decrease until it has.
     * @returns to be called once it has ended, as its last messages are done meanwhile
     */
    add: (id: string, run: Pick<GroupRun, 'counts'>): (() => void) => {
      const before = ended.get(id) ?? nothing
      const count = () => void ended.set(id, added(before, run.counts()))
      count()
      return count
    },
    /** Forgets a group that was removed. */
    remove: (id: string): void => void ended.delete(id),
  }
}

/** Dependencies of `figuresOf`. */
export type FiguresDeps = {
  readonly idOf: (key: GroupKey) => string
  readonly runOf: (id: string) => Pick<GroupRun, 'counts' | 'checkpoint' | 'consumers'> | undefined
  readonly ended: Pick<ReturnType<typeof endedRuns>, 'totalsOf'>
  /** Place of the last event of a source. */
  readonly lastOf: (group: GroupSummary) => Promise<bigint>
}

/** Returns the numbers of groups. The end of each source is read once; a lag is missing where that fails. */
export const figuresOf = async (
  groups: readonly GroupSummary[],
  { idOf, runOf, ended, lastOf }: FiguresDeps,
): Promise<readonly GroupFigures[]> => {
  const ends = new Map<string, Promise<bigint | undefined>>()
  const endOf = (group: GroupSummary): Promise<bigint | undefined> => {
    const key = `${group.view} ${group.source}`
    let end = ends.get(key)
    if (!end) ends.set(key, (end = lastOf(group).catch(() => undefined)))
    return end
  }
  return Promise.all(
    groups.map(async (group) => {
      const id = idOf(group)
      const last = await endOf(group)
      const run = runOf(id)
      const behind =
        last === undefined ? undefined : Number(last - (run?.checkpoint() ?? group.checkpoint))
      const counts = run?.counts() ?? { inFlight: 0, waiting: 0, toRetry: 0 }
      return {
        source: group.source,
        name: group.name,
        ...(behind !== undefined && { lag: Math.max(0, behind) }),
        consumers: run?.consumers() ?? 0,
        inFlight: counts.inFlight,
        waiting: counts.waiting + counts.toRetry,
        toRetry: counts.toRetry,
        parked: group.parked,
        ...ended.totalsOf(id, run),
      }
    }),
  )
}
