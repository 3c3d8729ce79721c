import { mergedRange } from '../platform/storage/documents/compared-range.ts'
import type {
  DocumentStore,
  Gate,
  Generation,
  RebuildReport,
} from '../platform/storage/documents/port.ts'
import type { Comparing, ComparingPace } from './comparing.ts'
import { explainDifferences, type History } from './explain-difference.ts'
import { reportTally, type ToExplain } from './rebuild-report.ts'

/** Most documents of a report that are explained by their events. */
const mostExplained = 12

/**
 * Begins to compare two generations in detail, range by range as `beginComparing`: their documents are read and merged here,
 * so that it costs more than counting. Then samples are explained, one document after the other, in as many pauses as needed.
 * @param options.check called before each range; throws to end the comparison
 * @param options.log explains differences; without one, none is explained
 * @param options.clock time of the report
 */
export const beginGatedComparing = (
  documents: Pick<DocumentStore, 'scan'>,
  live: Generation,
  next: Generation,
  {
    gate,
    limit,
    longestPause,
    check,
    log,
    clock,
  }: ComparingPace & {
    readonly gate: Gate
    readonly check: () => void
    readonly log: History | undefined
    readonly clock: () => Date
  },
): Comparing<RebuildReport> => {
  const { projection } = next
  const tally = reportTally(projection, gate)
  /** Samples of the documents to explain, each with the position that it was compared at. */
  const unexplained: { readonly samples: readonly ToExplain[]; readonly at: bigint }[] = []
  let isCompared = false
  let chosen = 0
  let after: string | undefined

  const compareRange = async (position: bigint): Promise<void> => {
    const range = { limit, ...(after !== undefined && { after }) }
    const [older, newer] = await Promise.all([
      documents.scan(live, range),
      documents.scan(next, range),
    ])
    const { pairs, end } = mergedRange(older, newer, limit)
    for (const pair of pairs) {
      const samples = tally.add(pair)
      if (samples.length === 0 || chosen === mostExplained) continue
      chosen += 1
      unexplained.push({ samples, at: position })
    }
    isCompared = end === undefined
    after = end
  }

  return {
    next,
    goOn: async (position) => {
      const begun = performance.now()
      do {
        check()
        if (!isCompared) await compareRange(position)
        else {
          const document = unexplained.shift()
          if (document && log)
            await explainDifferences(projection, document.samples, document.at, log)
        }
        if (isCompared && (!log || unexplained.length === 0))
          return tally.report(clock().toISOString(), position)
      } while (performance.now() - begun < longestPause)
      return undefined
    },
  }
}
