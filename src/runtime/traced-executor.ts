import { isRefusal, type Message } from '#kernel'
import type { Span, Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/trace-context.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { Executor, Origin } from './execution.ts'

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
    { commandId, correlationId, causationId }: Origin,
    decider?: string,
  ): Span | undefined =>
    tracer.begin({
      name: `command ${type}`,
      kind: 'internal',
      correlationId,
      id: spanIdOf(commandId),
      parent:
        tracer.current(correlationId)?.id ??
        (causationId === undefined ? undefined : spanIdOf(causationId)),
      ...(decider !== undefined && { attributes: { 'agora.decider': decider } }),
    })
  const execute: Executor['execute'] = async (decider, id, command, origin, options) => {
    const span = begin(command, origin, decider.name)
    try {
      const answer = await inner.execute(decider, id, command, origin, options)
      span?.end(isRefusal(answer) ? { attributes: { 'agora.refused': answer.refused } } : {})
      return answer
    } catch (error) {
      span?.end({ error })
      throw error
    }
  }
  const draft: Drafts['draft'] = (decider, id, command, origin, options) => {
    const drafted = inner.draft(decider, id, command, origin, options)
    return drafted && tracedDraft(drafted, begin(command, origin, decider.name), begin)
  }
  return { ...inner, execute, draft }
}
