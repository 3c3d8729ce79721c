import type { AnyDecider, AnyProjection, AnySaga, Catalogue } from '#kernel'
import { auditRounds, type AuditRounds } from '../runtime/audit-rounds.ts'
import { dispatchJobs, readByJobs, workOnJobs } from '../runtime/dispatch.ts'
import { extendLogDigests } from '../runtime/extend-log-digests.ts'
import type { AnyJob } from '../runtime/job.ts'
import { schedule, type Chore } from '../runtime/scheduler.ts'
import { groupedWriters } from '../runtime/grouped-writer.ts'
import { followerOf, orchestrate, wakeSagas } from '../runtime/orchestrate.ts'
import { project } from '../runtime/project.ts'
import type { Publishing } from '../runtime/publish.ts'
import { publisherOf } from '../runtime/publisher-name.ts'
import type { PublishedBy } from '../runtime/cloud-event.ts'
import type { Bridge } from '../platform/messaging/bridge/port.ts'
import type { Role } from '../config/environment.ts'

type Projecting = Omit<Parameters<typeof project>[2], 'onError' | 'catalogue' | 'writers'>
type Orchestrating = Omit<Parameters<typeof orchestrate>[1], 'onError' | 'deciders' | 'catalogue'>

/** How read models are audited, besides what a process has anyway. */
export type Auditing = Omit<
  AuditRounds,
  'projections' | 'catalogue' | 'log' | 'documents' | 'letters' | 'control' | 'leases' | 'onError'
>

/** How the chain of digests over the log is extended, besides what a process has anyway. */
export type LogChain = Omit<Parameters<typeof extendLogDigests>[0], 'feed' | 'leases' | 'onError'>

/** Background work of a process, and its dependencies. */
type Work = {
  readonly roles: ReadonlySet<Role>
  readonly projections: readonly AnyProjection[]
  /** Numbers of runners, by the name of the projection; default 1. */
  readonly projectionRunners: ReadonlyMap<string, number>
  readonly sagas: readonly AnySaga[]
  readonly jobs: readonly AnyJob[]
  readonly chores: readonly Chore[]
  readonly auditing: Auditing
  /** Connections to brokers, by their names. */
  readonly bridges: ReadonlyMap<string, Bridge>
  readonly publishing: Pick<Publishing, 'published' | 'personal' | 'from'> & {
    /** Called with the number of events that a broker has confirmed. */
    readonly onPublished: (broker: string, count: number) => void
  }
  /** Not extended where `every` is 0. */
  readonly logChain: LogChain
  readonly deciders: readonly AnyDecider[]
  readonly catalogue: Catalogue
  readonly with: Projecting & Orchestrating
  readonly queueOf: Parameters<typeof dispatchJobs>[1]
  readonly failedJob: Parameters<typeof workOnJobs>[2]
  /** Returns the error handler of a part. */
  readonly failed: (part: string) => (error: unknown, name?: string, key?: string) => void
  /** Stops the followers. */
  readonly signal: AbortSignal
  /** Stops the workers, in reverse order. */
  readonly parts: AsyncDisposableStack
  /** Called with the promise of each task that runs until the signal. */
  readonly runs: (ended: Promise<void>) => void
}

/** Event types of each follower that must not miss an event, whichever version of Agora runs it. */
export const readByFollowers = (
  sagas: readonly AnySaga[],
  jobs: readonly AnyJob[],
  {
    brokers,
    published,
  }: { readonly brokers: readonly string[]; readonly published: readonly PublishedBy[] },
): ReadonlyMap<string, readonly string[]> =>
  new Map([
    ...readByJobs(jobs),
    ...sagas.map((saga) => [followerOf(saga), saga.reads] as const),
    ...brokers.map((one) => [publisherOf(one), published.map(({ event }) => event)] as const),
  ])

/** Starts the background work of a process by its roles. */
export const startWork = async (work: Work): Promise<void> => {
  const { roles, signal, with: deps, failed, parts, runs, jobs, queueOf } = work

  if (roles.has('projections')) {
    const writers = groupedWriters(deps)
    for (const projection of work.projections)
      runs(
        project(projection, signal, {
          ...deps,
          writers,
          catalogue: work.catalogue,
          runners: work.projectionRunners.get(projection.name) ?? 1,
          onError: failed('projection'),
        }),
      )
  }

  if (roles.has('sagas')) {
    const deciders = new Map(work.deciders.map((one): [string, AnyDecider] => [one.name, one]))
    const { catalogue } = work
    const orchestrated = work.sagas.map((saga) =>
      orchestrate(saga, { ...deps, deciders, catalogue, onError: failed('saga') }),
    )
    for (const saga of orchestrated) runs(saga.run(signal))
    parts.adopt(await wakeSagas(deps.queue, orchestrated, deps), (it) => it.stop())
  }

  if (roles.has('jobs')) {
    const newer = { catalogue: work.catalogue, readers: deps.readers }
    runs(dispatchJobs(jobs, queueOf, signal, { ...deps, newer, onError: failed('jobs') }))
    parts.adopt(await workOnJobs(jobs, queueOf, work.failedJob, deps.readers), (it) => it.stop())
    for (const [broker, bridge] of work.bridges) {
      const { publish } = await import('../runtime/publish.ts')
      runs(
        publish(broker, signal, {
          ...deps,
          ...work.publishing,
          bridge,
          newer,
          onPublished: (count) => work.publishing.onPublished(broker, count),
          onError: failed('bridges'),
        }),
      )
    }
    for (const chore of work.chores)
      runs(schedule(chore, signal, { ...deps, onError: failed('chores') }))
    runs(
      auditRounds(
        {
          ...deps,
          ...work.auditing,
          projections: work.projections,
          catalogue: work.catalogue,
          onError: failed('audits'),
        },
        signal,
      ),
    )
    if (work.logChain.every > 0)
      runs(extendLogDigests({ ...deps, ...work.logChain, onError: failed('log digests') }, signal))
  }
}
