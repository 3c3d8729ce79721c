import type { AnyDecider, AnyProjection, AnySaga, Catalogue } from '#kernel'
import { dispatchJobs, readByJobs, workOnJobs } from '../runtime/dispatch.ts'
import type { AnyJob } from '../runtime/job.ts'
import { schedule, type Chore } from '../runtime/scheduler.ts'
import { groupedWriters } from '../runtime/grouped-writer.ts'
import { followerOf, orchestrate, wakeSagas } from '../runtime/orchestrate.ts'
import { project } from '../runtime/project.ts'
import type { Role } from '../config/environment.ts'

type Projecting = Omit<Parameters<typeof project>[2], 'onError' | 'catalogue' | 'writers'>
type Orchestrating = Omit<Parameters<typeof orchestrate>[1], 'onError' | 'deciders' | 'catalogue'>

/** What follows the log in the background, and with what. */
type Work = {
  readonly roles: ReadonlySet<Role>
  readonly projections: readonly AnyProjection[]
  readonly sagas: readonly AnySaga[]
  readonly jobs: readonly AnyJob[]
  readonly chores: readonly Chore[]
  readonly deciders: readonly AnyDecider[]
  readonly catalogue: Catalogue
  readonly with: Projecting & Orchestrating
  readonly queueOf: Parameters<typeof dispatchJobs>[1]
  readonly failedJob: Parameters<typeof workOnJobs>[2]
  /** Given a part, what is told of its failures. */
  readonly failed: (part: string) => (error: unknown, name?: string, key?: string) => void
  /** Ends what follows the log. */
  readonly signal: AbortSignal
  /** Keeps what is to be stopped, in reverse order. */
  readonly parts: AsyncDisposableStack
  /** Is told of everything that runs until the signal, to wait for its end. */
  readonly runs: (ended: Promise<void>) => void
}

/** The event types that each of the followers reads which must not miss one, whichever version runs them. */
export const readByFollowers = (
  sagas: readonly AnySaga[],
  jobs: readonly AnyJob[],
): ReadonlyMap<string, readonly string[]> =>
  new Map([...readByJobs(jobs), ...sagas.map((saga) => [followerOf(saga), saga.reads] as const)])

/** Starts what a process does in the background, by its roles. */
export const startWork = async (work: Work): Promise<void> => {
  const { roles, signal, with: means, failed, parts, runs, jobs, queueOf } = work

  if (roles.has('projections')) {
    const writers = groupedWriters(means)
    for (const projection of work.projections)
      runs(
        project(projection, signal, {
          ...means,
          writers,
          catalogue: work.catalogue,
          onError: failed('projection'),
        }),
      )
  }

  if (roles.has('sagas')) {
    const deciders = new Map(work.deciders.map((one): [string, AnyDecider] => [one.name, one]))
    const { catalogue } = work
    const orchestrated = work.sagas.map((saga) =>
      orchestrate(saga, { ...means, deciders, catalogue, onError: failed('saga') }),
    )
    for (const saga of orchestrated) runs(saga.run(signal))
    parts.adopt(await wakeSagas(means.queue, orchestrated, means), (it) => it.stop())
  }

  if (roles.has('jobs')) {
    const newer = { catalogue: work.catalogue, readers: means.readers }
    runs(dispatchJobs(jobs, queueOf, signal, { ...means, newer, onError: failed('jobs') }))
    parts.adopt(await workOnJobs(jobs, queueOf, work.failedJob, means.readers), (it) => it.stop())
    for (const chore of work.chores)
      runs(schedule(chore, signal, { ...means, onError: failed('chores') }))
  }
}
