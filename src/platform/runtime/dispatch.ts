import { derivedUuid, type RecordedEvent } from '#kernel'
import type { Checkpoints } from '../checkpoints/port.ts'
import type { Leases } from '../leases/port.ts'
import type { FailedAttempt, Queue, QueueWorker, WorkerOptions } from '../queue/port.ts'
import type { Control } from './control.ts'
import type { Origin } from './execution.ts'
import type { Feed } from './feed.ts'
import { followLog } from './follow-log.ts'

/** Some job, its data's type forgotten: an effect on the outside world that certain events ask for. */
export type AnyJob = {
  /** Also the name of its queue. */
  readonly name: string
  /** The event types that ask for it. */
  readonly reads: readonly string[]
  /** What it needs to know, as JSON; `undefined` when the event asks for nothing. */
  readonly dataOf: (event: RecordedEvent) => unknown
  /**
   * Has the effect, and reports back by a command.
   * @param origin of that command: the same for every attempt
   */
  readonly run: (data: never, origin: Origin) => Promise<void>
  readonly options: WorkerOptions
}

/** A job, as its queue keeps it. */
type Queued = {
  readonly data: unknown
  readonly correlationId: string
  readonly causationId: string
}

/**
 * Queues the jobs that events ask for: one process at a time, in the order of the log, each job once. What was recorded
 * before is never asked for again, whatever is replayed or rebuilt.
 * @param queueOf says which queue keeps a job
 * @returns when the signal says so
 */
export const dispatchJobs = (
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
): Promise<void> =>
  followLog('jobs', signal, {
    ...deps,
    types: [...new Set(jobs.flatMap(({ reads }) => reads))],
    begin: async () => ({
      take: async ({ events }) => {
        await Promise.all(
          jobs.map(async (job) => {
            const asked = events.flatMap((event) => {
              const data = job.reads.includes(event.type) ? job.dataOf(event) : undefined
              if (data === undefined) return []
              const { eventId: id, metadata } = event
              const queued: Queued = {
                data,
                correlationId: metadata.correlationId,
                causationId: id,
              }
              return [{ id, data: queued }]
            })
            if (asked.length > 0) await queueOf(job).add(job.name, asked)
          }),
        )
      },
    }),
  })

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
        async ({ id, data }) => {
          const { data: asked, correlationId, causationId } = data as Queued
          const commandId = derivedUuid('job', job.name, id)
          await job.run(asked as never, {
            commandId,
            actorId: job.name,
            correlationId,
            causationId,
          })
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
