import type { AnyProjection, RecordedEvent } from '#kernel'
import type { MaskedEvent } from './answers.ts'
import { recordedOf } from './replay-event.ts'
import { documentCheck, hasMasked } from './what-if-document.ts'

/** A problem with one document, or with one event whose key cannot be determined. */
export type Problem = {
  readonly event: MaskedEvent
  /** Key of the document; absent where the key could not be determined. */
  readonly key?: string
  /** Explanation. */
  readonly why: string
  /** Error that a rule threw, if any. */
  readonly error?: unknown
}

/** A read model in memory. */
export type WhatIf = {
  /** Documents by key, in the order of creation. */
  readonly documents: ReadonlyMap<string, unknown>
  /** Folds the next events of the log. */
  readonly take: (events: readonly MaskedEvent[]) => void
}

/**
 * Runs a projection in memory. A document for which an event fails is omitted from then on; others continue.
 * @param options.only key of the only document to fold
 * @param options.onProblem called once for every document that is omitted
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
  const omitted = new Set<string>()
  const omittedStreams = new Set<string>()

  const failing = (event: MaskedEvent, error: unknown, key?: string): void => {
    const hint = hasMasked(event.data)
      ? ' (the event is masked: fields with the value *** are strings here)'
      : ''
    const what = key === undefined ? 'Its key cannot be determined' : 'Its rule failed'
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
      if (typeof key !== 'string') throw new TypeError(`a key must be a string, not ${String(key)}`)
      return key
    })
  }

  const fold = (key: string, event: MaskedEvent, recorded: RecordedEvent): void => {
    const omit = (): void => {
      documents.delete(key)
      omitted.add(key)
    }
    let document: unknown
    try {
      document = projection.evolve(documents.get(key) as never, recorded, key)
    } catch (error) {
      omit()
      return failing(event, error, key)
    }
    if (document === undefined) return void documents.delete(key)
    const why = problemWith(document)
    if (why === undefined) return void documents.set(key, document)
    omit()
    onProblem({ event, key, why: `It does not match its schema: ${why}` })
  }

  return {
    documents,
    take: (events) => {
      for (const event of events) {
        if (!reads.has(event.type) || omittedStreams.has(event.stream)) continue
        const recorded = recordedOf(event)
        let keys: readonly string[]
        try {
          keys = keysOf(recorded)
        } catch (error) {
          // As in a running read model: later events of the stream may depend on this one.
          omittedStreams.add(event.stream)
          failing(event, error)
          continue
        }
        for (const key of keys)
          if (!omitted.has(key) && (only === undefined || key === only)) fold(key, event, recorded)
      }
    },
  }
}
