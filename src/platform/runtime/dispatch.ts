import { derivedUuid, type RecordedEvent } from '#kernel'
import type { Checkpoints } from '../checkpoints/port.ts'
import type { Leases } from '../leases/port.ts'
import type { FailedAttempt, Job, Queue, QueueWorker } from '../queue/port.ts'
import type { Control } from './control.ts'
import type { Feed } from './feed.ts'
import { followLog } from './follow-log.ts'
import type { AnyJob } from './job.ts'

/** What an event asks for, as the queue keeps it. */
type Asked = {
  readonly data: unknown
  readonly correlationId: string
  /** The event's id. */
  readonly causationId: string
}

/** The same events make the same bundle. */
const bundleId = (part: readonly Asked[]): string =>
  derivedUuid(...part.map(({ causationId }) => causationId))

/** What these events ask for, as jobs for the queue. */
const queuedFor = (job: AnyJob, events: readonly RecordedEvent[]): readonly Job[] => {
  const asked = events.flatMap((event): Asked[] => {
    const data = job.reads.includes(event.type) ? job.dataOf(event) : undefined
    const { correlationId } = event.metadata
    return data === undefined ? [] : [{ data, correlationId, causationId: event.eventId }]
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
    readonly onError: (error: unknown) => void
  },
): Promise<void> => {
  const dispatch = (name: string, some: readonly AnyJob[], pace?: number) =>
    followLog(name, signal, {
      ...deps,
      types: [...new Set(some.flatMap(({ reads }) => reads))],
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
  const prompt = jobs.filter(({ options }) => !options.bundle)
  const bundled = jobs.filter(({ options }) => options.bundle)
  await Promise.all([
    dispatch('jobs', prompt),
    ...bundled.map((job) => dispatch(`jobs:${job.name}`, [job], job.options.bundle?.within)),
  ])
}

/**
 * Works on the queues of all jobs.
 * @param onFailed told of every attempt that failed
 */
export const workOnJobs = async (
  jobs: readonly AnyJob[],
  queueOf: (job: AnyJob) => Queue,
  onFailed: (failed: FailedAttempt) => void,
): Promise<QueueWorker> => {
  const workers = await Promise.all(
    jobs.map((job) =>
      queueOf(job).work(
        job.name,
        async ({ data }) => {
          const answers = await Promise.allSettled(
            (data as readonly Asked[]).map(async ({ data: asked, correlationId, causationId }) => {
              const commandId = derivedUuid('job', job.name, causationId)
              const origin = { commandId, actorId: job.name, correlationId, causationId }
              await job.run(asked as never, origin)
            }),
          )
          const failed = answers.find(({ status }) => status === 'rejected')
          if (failed) throw (failed as PromiseRejectedResult).reason
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
