import type { RecordedEvent } from '#kernel'
import type { Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/trace-context.ts'
import type { AnyJob } from './job.ts'

/** Traces what follows from events. */
export type Following = {
  /** Now, in ms since 1970: the start of the work. */
  readonly now: () => number
  /** Records a span under each event, from `at` until now. */
  readonly done: (events: readonly RecordedEvent[], at: number) => void
}

/**
 * Traces one follower of the log: a read model, or a topic of the sockets.
 * @param name of its spans: `project orders`, `push orders`
 */
export const following = (tracer: Tracer, name: string): Following => ({
  now: tracer.now,
  done: (events, at) => {
    for (const { eventId, metadata } of events)
      tracer
        .begin({
          name,
          kind: 'consumer',
          correlationId: metadata.correlationId,
          parent: spanIdOf(eventId),
          at,
        })
        ?.end()
  },
})

/** Traces the runs of a job, under the event that requested it. Its commands and mails are parts of the run. */
export const tracedJob = (job: AnyJob, tracer: Tracer): AnyJob => ({
  ...job,
  run: async (data, origin) => {
    const { correlationId, causationId } = origin
    const span = tracer.begin({
      name: `job ${job.name}`,
      kind: 'consumer',
      correlationId,
      parent: causationId === undefined ? undefined : spanIdOf(causationId),
    })
    try {
      await tracer.within(span, () => job.run(data, origin))
      span?.end()
    } catch (error) {
      span?.end({ error })
      throw error
    }
  },
})
