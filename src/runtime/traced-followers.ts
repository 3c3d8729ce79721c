import type { RecordedEvent } from '#kernel'
import type { Operation, Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/ids.ts'
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
export const following = (tracer: Tracer, name: string): Following => {
  const operation: Operation = { name, kind: 'consumer' }
  return {
    now: tracer.now,
    done: (events, at) => {
      const until = tracer.now()
      for (const { eventId, metadata } of events) {
        const trace = tracer.sampled(metadata.correlationId)
        if (trace) tracer.record(trace, { operation, parent: spanIdOf(eventId), at }, until)
      }
    },
  }
}

/** Traces the runs of a job, under the event that requested it. Its commands and mails are parts of the run. */
export const tracedJob = (job: AnyJob, tracer: Tracer): AnyJob => {
  const operation: Operation = { name: `job ${job.name}`, kind: 'consumer' }
  return {
    ...job,
    run: async (data, origin) => {
      const { correlationId, causationId } = origin
      const trace = tracer.sampled(correlationId)
      if (!trace) return job.run(data, origin)
      const span = tracer.begin(trace, {
        operation,
        parent: causationId === undefined ? undefined : spanIdOf(causationId),
      })
      try {
        await tracer.within(span, () => job.run(data, origin))
        span.end()
      } catch (error) {
        span.end({ error })
        throw error
      }
    },
  }
}
