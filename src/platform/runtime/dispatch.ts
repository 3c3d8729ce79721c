import { derivedUuid, type RecordedEvent } from '#kernel'
import type { Checkpoints } from '../checkpoints/port.ts'
import type { EventReaders } from '../event-readers/port.ts'
import type { Leases } from '../leases/port.ts'
import { NewerVersion } from '../newer-version.ts'
import type { FailedAttempt, Job, Queue, QueueWorker } from '../queue/port.ts'
import type { Control } from './control.ts'
import type { Feed } from './feed.ts'
import { followLog } from './follow-log.ts'
import type { AnyJob } from './job.ts'
import { isLeftToNewer, type NewerEvents } from './newer-events.ts'

/** What an event asks for, as the queue keeps it. */
type Asked = {
  readonly data: unknown
  readonly correlationId: string
  /** The event's id. */
  readonly causationId: string
  /** The event's type; older versions did not say. */
  readonly type?: string
}

/** The same events make the same bundle. */
const bundleId = (part: readonly Asked[]): string =>
  derivedUuid(...part.map(({ causationId }) => causationId))

/** What these events ask for, as jobs for the queue. */
const queuedFor = (job: AnyJob, events: readonly RecordedEvent[]): readonly Job[] => {
  const asked = events.flatMap((event): Asked[] => {
    const data = job.reads.includes(event.type) ? job.dataOf(event) : undefined
    const { type, eventId: causationId } = event
    const { correlationId } = event.metadata
    return data === undefined ? [] : [{ data, correlationId, causationId, type }]
  })
  return partsOf(asked, job.options.bundle?.most ?? 1).map((part) => ({
    id: part.length === 1 ? part[0]!.causationId : bundleId(part),
    data: part,
  }))
}

/** Cuts a list into parts of at most `size`. */
const partsOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  )

const isPrompt = ({ options }: AnyJob): boolean => !options.bundle

/** The follower of all that is not bundled. */
const promptly = 'jobs'

/** The follower of a job that is queued in bundles. */
const apart = ({ name }: AnyJob): string => `jobs:${name}`

/** The event types that each of the followers reads which queue jobs. */
export const readByJobs = (jobs: readonly AnyJob[]): ReadonlyMap<string, readonly string[]> =>
  new Map([
    [promptly, [...new Set(jobs.filter(isPrompt).flatMap(({ reads }) => reads))]],
    ...jobs.filter((job) => !isPrompt(job)).map((job) => [apart(job), job.reads] as const),
  ])

/**
 * Queues the jobs that events ask for: one process at a time, in the order of the log, each job once. What was recorded
 * before is never asked for again, whatever is replayed or rebuilt. Jobs that are queued in bundles may be a little
 * late; they are looked for apart, so that the others are not.
 * @param queueOf says which queue keeps a job
 * @returns when the signal says so
 */
export const dispatchJobs = async (
  jobs: readonly AnyJob[],
  queueOf: (job: AnyJob) => Queue,
  signal: AbortSignal,
  deps: {
    readonly feed: Feed
    readonly leases: Leases
    readonly checkpoints: Checkpoints
    readonly control: Control
    readonly newer: NewerEvents
    readonly onError: (error: unknown) => void
  },
): Promise<void> => {
  const reads = readByJobs(jobs)
  const dispatch = (name: string, some: readonly AnyJob[], pace?: number) =>
    followLog(name, signal, {
      ...deps,
      types: reads.get(name) ?? [],
      ...(pace !== undefined && { pace }),
      begin: async () => ({
        take: async ({ events }) => {
          await Promise.all(
            some.map(async (job) => {
              const queued = queuedFor(job, events)
              if (queued.length > 0) await queueOf(job).add(job.name, queued)
            }),
          )
        },
      }),
    })
  await Promise.all([
    dispatch(promptly, jobs.filter(isPrompt)),
    ...jobs
      .filter((job) => !isPrompt(job))
      .map((job) => dispatch(apart(job), [job], job.options.bundle?.within)),
  ])
}

/** @throws NewerVersion when a newer version of the job has queued this, of an event that this one knows nothing to do for */
const mustKnow = (job: AnyJob, { type, causationId }: Asked): void => {
  if (type !== undefined && !job.reads.includes(type))
    throw new NewerVersion(
      { type, stream: causationId },
      `${job.name} was queued for ${type}, of which this version of Agora knows nothing`,
    )
}

/**
 * Works on the queues of all jobs.
 * @param onFailed told of every attempt that failed
 * @param readers tells what a newer version can fold: jobs that need it are given back until one takes them
 */
export const workOnJobs = async (
  jobs: readonly AnyJob[],
  queueOf: (job: AnyJob) => Queue,
  onFailed: (failed: FailedAttempt) => void,
  readers: Pick<EventReaders, 'readBy'>,
): Promise<QueueWorker> => {
  const workers = await Promise.all(
    jobs.map((job) =>
      queueOf(job).work(
        job.name,
        async ({ data }) => {
          const answers = await Promise.allSettled(
            (data as readonly Asked[]).map(async (one) => {
              const { data: asked, correlationId, causationId } = one
              mustKnow(job, one)
              const commandId = derivedUuid('job', job.name, causationId)
              const origin = { commandId, actorId: job.name, correlationId, causationId }
              await job.run(asked as never, origin)
            }),
          )
          const failed = answers.find(({ status }) => status === 'rejected')
          if (!failed) return
          const { reason } = failed as PromiseRejectedResult
          if (!(reason instanceof NewerVersion) || (await isLeftToNewer(reason, readers)))
            throw reason
          throw new Error(reason.message, { cause: reason })
        },
        { ...job.options, onFailed },
      ),
    ),
  )
  return {
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
