import { derivedUuid, type RecordedEvent } from '#kernel'
import type { Checkpoints } from '../checkpoints/port.ts'
import type { Leases } from '../leases/port.ts'
import type { FailedAttempt, Job, Queue, QueueWorker } from '../queue/port.ts'
import type { Control } from './control.ts'
import type { Feed } from './feed.ts'
import type { Origin } from './execution.ts'
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

/** The origin of what a job reports. @param report tells reports of one job apart, which must not pass for each other */
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

/** Does something for everything in a bundle; what fails is thrown once all have been done. */
const forEachAsked = async (
  bundle: unknown,
  act: (asked: Asked) => Promise<void>,
): Promise<void> => {
  const answers = await Promise.allSettled((bundle as readonly Asked[]).map(act))
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) throw failed.reason
}

/**
 * Works on the queues of all jobs; what a job reports when it is given up is reported before it is parked.
 * @param onFailed told of every attempt that failed
 */
export const workOnJobs = async (
  jobs: readonly AnyJob[],
  queueOf: (job: AnyJob) => Queue,
  onFailed: (failed: FailedAttempt) => void,
): Promise<QueueWorker> => {
  const workers = await Promise.all(
    jobs.map((job) => {
      const { name, run, givenUp, options } = job
      return queueOf(job).work(
        name,
        ({ data }) =>
          forEachAsked(data, (asked) => run(asked.data as never, originOf(name, asked))),
        {
          ...options,
          onFailed,
          ...(typeof givenUp === 'function' && {
            onGivenUp: ({ data, error }) =>
              forEachAsked(data, (asked) =>
                givenUp(asked.data as never, originOf(name, asked, 'given up'), error),
              ),
          }),
        },
      )
    }),
  )
  return {
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
