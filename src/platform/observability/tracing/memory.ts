import { hexOf } from './ids.ts'
import type { Attributes, EndedSpan, Operation, SpanExporter } from './port.ts'

/** A span with what its operation says of it. */
export type RememberedSpan = Omit<EndedSpan, 'operation' | 'trace' | 'attributes'> &
  Pick<Operation, 'name' | 'kind'> & {
    /** 32 hexadecimal digits. */
    readonly traceId: string
    readonly attributes: Attributes
  }

/** Trace store in memory, for tests. */
export const memorySpans = (): SpanExporter & { readonly spans: readonly RememberedSpan[] } => {
  const spans: RememberedSpan[] = []
  return {
    spans,
    batch: () => {
      const added: RememberedSpan[] = []
      return {
        add: ({ operation, trace, id, parent, startedAt, endedAt, error, attributes }) => {
          const { name, kind } = operation
          const { first, second, third, fourth } = trace
          const traceId = hexOf(first, second, third, fourth)
          const all = { ...operation.attributes, ...attributes }
          const facts = { traceId, id, parent, startedAt, endedAt, error }
          added.push({ name, kind, ...facts, attributes: all })
        },
        export: async () => void spans.push(...added),
      }
    },
    close: async () => undefined,
  }
}
