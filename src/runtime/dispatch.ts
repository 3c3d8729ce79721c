import { derivedUuid, type RecordedEvent } from '#kernel'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import type { EventReaders } from '../platform/storage/event-readers/port.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import type { FailedAttempt, Job, Queue, QueueWorker } from '../platform/messaging/queue/port.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Feed } from './feed.ts'
import type { Origin } from './execution.ts'
import { followLog } from './follow-log.ts'
import type { AnyJob } from './job.ts'
import { isLeftToNewer, type NewerEvents } from './newer-events.ts'

/** The job that an event requests, as the queue stores it. */
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

/** The jobs that these events request, for the queue. */
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

/** The follower that queues prompt jobs. */
const promptly = 'jobs'

/** The follower that queues one job in bundles. */
const apart = ({ name }: AnyJob): string => `jobs:${name}`

/** The event types that each of the followers reads which queue jobs. */
export const readByJobs = (jobs: readonly AnyJob[]): ReadonlyMap<string, readonly string[]> =>
  new Map([
    [promptly, [...new Set(jobs.filter(isPrompt).flatMap(({ reads }) => reads))]],
    ...jobs.filter((job) => !isPrompt(job)).map((job) => [apart(job), job.reads] as const),
  ])

/**
 * Queues the jobs that events request: one process at a time, in the order of the log, each job once. A replay or a rebuild
 * queues nothing. Jobs that are queued in bundles may be late, so each of them has a follower of its own.
 * @param queueOf the queue that stores a job
 * @returns when the signal is aborted
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

/** @throws NewerVersion when a newer version of the job has queued this for an event type that this version does not read */
const mustKnow = (job: AnyJob, { type, causationId }: Asked): void => {
  if (type !== undefined && !job.reads.includes(type))
    throw new NewerVersion(
      { type, stream: causationId },
      `${job.name} was queued for ${type}, of which this version of Agora knows nothing`,
    )
}

/** The origin of the command that a job reports by. @param report distinguishes several reports of one job */
const originOf = (
  name: string,
  { correlationId, causationId }: Asked,
  ...report: readonly string[]
): Origin => ({
  commandId: derivedUuid('job', name, causationId, ...report),
  actorId: name,
  correlationId,
  causationId,
})

/** Runs all requests of a bundle; the first failure is thrown once all have ended. */
const forEachAsked = async (
  bundle: unknown,
  act: (asked: Asked) => Promise<void>,
): Promise<void> => {
  const answers = await Promise.allSettled((bundle as readonly Asked[]).map(act))
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) throw failed.reason
}

/**
 * Works on the queues of all jobs; the report that a job was given up is made before the job is parked.
 * @param onFailed called with every failed attempt
 * @param readers lists what a newer version can fold: jobs that need one are put back until it takes them
 */
export const workOnJobs = async (
  jobs: readonly AnyJob[],
  queueOf: (job: AnyJob) => Queue,
  onFailed: (failed: FailedAttempt) => void,
  readers: Pick<EventReaders, 'readBy'>,
): Promise<QueueWorker> => {
  const workers = await Promise.all(
    jobs.map((job) => {
      const { name, run, givenUp, options } = job
      const runAll = async (bundle: unknown): Promise<void> => {
        try {
          await forEachAsked(bundle, async (asked) => {
            mustKnow(job, asked)
            await run(asked.data as never, originOf(name, asked))
          })
        } catch (error) {
          // Put back for a newer version, or counted as a failure.
          if (!(error instanceof NewerVersion) || (await isLeftToNewer(error, readers))) throw error
          throw new Error(error.message, { cause: error })
        }
      }
      return queueOf(job).work(name, ({ data }) => runAll(data), {
        ...options,
        onFailed,
        ...(typeof givenUp === 'function' && {
          onGivenUp: ({ data, error }) =>
            forEachAsked(data, (asked) =>
              givenUp(asked.data as never, originOf(name, asked, 'given up'), error),
            ),
        }),
      })
    }),
  )
  return {
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
