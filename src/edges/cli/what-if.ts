import type { AnyProjection, RecordedEvent } from '#kernel'
import type { MaskedEvent } from './answers.ts'
import { recordedOf } from './replay-event.ts'
import { documentCheck, hasMasked } from './what-if-document.ts'

/** Something that went wrong with one document, or with one event of which it cannot be told whom it concerns. */
export type Problem = {
  readonly event: MaskedEvent
  /** The document; none where the rule that names it failed. */
  readonly key?: string
  /** What is wrong. */
  readonly why: string
  /** What a rule threw, if one did. */
  readonly error?: unknown
}

/** A read model in memory. */
export type WhatIf = {
  /** By key, in the order in which they came up. */
  readonly documents: ReadonlyMap<string, unknown>
  /** Folds what comes next in the log. */
  readonly take: (events: readonly MaskedEvent[]) => void
}

/**
 * Runs a projection in memory. A document that one event is wrong for is left out from there on; the rest goes on.
 * @param options.only the key of the only document wanted
 * @param options.onProblem told of every document that is left out, once
 */
export const whatIf = (
  projection: AnyProjection,
  {
    only,
    onProblem,
  }: { readonly only?: string | undefined; readonly onProblem: (problem: Problem) => void },
): WhatIf => {
  const problemWith = documentCheck(projection.document)
  const reads = new Set(projection.reads)
  const documents = new Map<string, unknown>()
  const leftOut = new Set<string>()
  const streamsLeftOut = new Set<string>()

  const failing = (event: MaskedEvent, error: unknown, key?: string): void => {
    const hint = hasMasked(event.data)
      ? ' (the event is masked: its fields that read *** hold a text here)'
      : ''
    const what = key === undefined ? 'Its key cannot be told' : 'Its rule failed'
    onProblem({
      event,
      why: `${what}: ${String(error)}${hint}`,
      error,
      ...(key !== undefined && { key }),
    })
  }

  const keysOf = (recorded: RecordedEvent): readonly string[] => {
    const keys: readonly unknown[] = projection.keysOf(recorded)
    return [...new Set(keys)].map((key) => {
      if (typeof key !== 'string') throw new TypeError(`a key is a text, not ${String(key)}`)
      return key
    })
  }

  const fold = (key: string, event: MaskedEvent, recorded: RecordedEvent): void => {
    const leaveOut = (): void => {
      documents.delete(key)
      leftOut.add(key)
    }
    let document: unknown
    try {
      document = projection.evolve(documents.get(key) as never, recorded, key)
    } catch (error) {
      leaveOut()
      return failing(event, error, key)
    }
    if (document === undefined) return void documents.delete(key)
    const why = problemWith(document)
    if (why === undefined) return void documents.set(key, document)
    leaveOut()
    onProblem({ event, key, why: `It does not match its schema: ${why}` })
  }

  return {
    documents,
    take: (events) => {
      for (const event of events) {
        if (!reads.has(event.type) || streamsLeftOut.has(event.stream)) continue
        const recorded = recordedOf(event)
        let keys: readonly string[]
        try {
          keys = keysOf(recorded)
        } catch (error) {
          // As a running read model does: what comes after it in its stream may build on it.
          streamsLeftOut.add(event.stream)
          failing(event, error)
          continue
        }
        for (const key of keys)
          if (!leftOut.has(key) && (only === undefined || key === only)) fold(key, event, recorded)
      }
    },
  }
}
