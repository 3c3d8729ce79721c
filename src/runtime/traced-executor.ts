import { isRefusal, type Message } from '#kernel'
import { operations } from '../platform/observability/tracing/operations.ts'
import type { Operation, Span, Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/ids.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { Executor, Origin } from './execution.ts'

/** @param decider empty for a command that follows from a draft */
const operationOf = operations((type, decider): Operation => ({
  name: `command ${type}`,
  kind: 'internal',
  ...(decider !== '' && { attributes: { 'agora.decider': decider } }),
}))

/** A draft whose commands are spans, from its decision until it is recorded or dropped. */
const tracedDraft = (
  draft: Draft,
  span: Span | undefined,
  begin: (command: Message, origin: Origin) => Span | undefined,
): Draft => ({
  ...draft,
  next: (command, origin) => {
    const following = draft.next(command, origin)
    return following && tracedDraft(following, begin(command, origin), begin)
  },
  commit: (appended) => {
    draft.commit(appended)
    span?.end()
  },
})

/**
 * Traces the commands of an executor. The span of a command has the id of the command, so that the spans of its events
 * can name it in any process; its parent is the operation that sends it, or else the event that it follows from.
 */
export const tracedExecutor = <E extends Executor & Drafts>(
  inner: E,
  tracer: Tracer,
): E & Executor & Drafts => {
  const begin = (
    { type }: Message,
    { commandId, correlationId, causationId, span }: Origin,
    decider = '',
  ): Span | undefined => {
    const trace = span?.trace ?? tracer.sampled(correlationId)
    return (
      trace &&
      tracer.begin(trace, {
        operation: operationOf(type, decider),
        id: spanIdOf(commandId),
        parent:
          span?.id ??
          tracer.current(correlationId)?.id ??
          (causationId === undefined ? undefined : spanIdOf(causationId)),
      })
    )
  }
  const execute: Executor['execute'] = (decider, id, command, origin, options) => {
    const span = begin(command, origin, decider.name)
    const answered = inner.execute(decider, id, command, origin, options)
    // The caller gets the call itself, not a derived promise that would resolve later.
    if (span)
      answered.then(
        (answer) =>
          span.end(isRefusal(answer) ? { attributes: { 'agora.refused': answer.refused } } : {}),
        (error: unknown) => span.end({ error }),
      )
    return answered
  }
  const draft: Drafts['draft'] = (decider, id, command, origin, options) => {
    const drafted = inner.draft(decider, id, command, origin, options)
    return drafted && tracedDraft(drafted, begin(command, origin, decider.name), begin)
  }
  return { ...inner, execute, draft }
}
