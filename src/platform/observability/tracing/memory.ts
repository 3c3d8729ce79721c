import type { EndedSpan, SpanExporter } from './port.ts'

/** Trace store in memory, for tests. */
export const memorySpans = (): SpanExporter & { readonly spans: readonly EndedSpan[] } => {
  const spans: EndedSpan[] = []
  return {
    spans,
    export: async (ended) => void spans.push(...ended),
    close: async () => undefined,
  }
}
