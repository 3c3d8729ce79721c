import { tracedMailer } from '../platform/external/mail/traced.ts'
import type { Mailer } from '../platform/external/mail/port.ts'
import { otlpSpans } from '../platform/observability/tracing/otlp.ts'
import { sampling } from '../platform/observability/tracing/trace-context.ts'
import { tracer as createTracer } from '../platform/observability/tracing/tracer.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Drafts } from '../runtime/drafts.ts'
import type { Executor } from '../runtime/execution.ts'
import type { AnyJob } from '../runtime/job.ts'
import { tracedExecutor } from '../runtime/traced-executor.ts'
import { following, tracedJob } from '../runtime/traced-followers.ts'
import { tracedLog } from '../runtime/traced-log.ts'
import type { TracingSettings } from '../config/tracing.ts'

/** Options of the tracing of a process. */
export type TracingOptions = {
  /** Roles of the process. */
  readonly roles: ReadonlySet<string>
  /** Key of the installation by which traces are sampled; until it is known, none is, unless all are. */
  readonly samplingKey: () => Buffer | undefined
  /** Called when an export fails. */
  readonly onError: (error: unknown) => void
}

/** A tracer, and the parts of a process with their spans. */
export type Tracing = ReturnType<typeof tracing>

/**
 * Creates the tracer of a process. Imported only where there is a trace store.
 * @param options See `TracingOptions`
 */
export const tracing = (
  { endpoint, ratio, service }: TracingSettings,
  { roles, samplingKey, onError }: TracingOptions,
) => {
  const resource = {
    'service.name': service,
    'process.pid': process.pid,
    'agora.roles': [...roles].join(','),
  }
  let sampled: ((traceId: string) => boolean) | undefined
  const isSampled = (traceId: string): boolean => {
    const key = samplingKey()
    if (key !== undefined) sampled ??= sampling(ratio, key)
    return sampled?.(traceId) ?? false
  }
  const tracer = createTracer(otlpSpans({ endpoint, resource }), {
    ...(ratio < 1 && { isSampled }),
    onError,
  })
  return {
    tracer,
    log: (log: EventLog) => tracedLog(log, tracer),
    executor: <E extends Executor & Drafts>(executor: E) => tracedExecutor(executor, tracer),
    mailer: (mailer: Mailer) => tracedMailer(mailer, tracer),
    job: (job: AnyJob) => tracedJob(job, tracer),
    /** Traces a follower of the log. @param name of its spans */
    follower: (name: string) => following(tracer, name),
  }
}
