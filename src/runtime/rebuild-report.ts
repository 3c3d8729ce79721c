import { maskedDocument, type AnyProjection } from '#kernel'
import { countsOf, kindOf, type Pair } from '../platform/storage/documents/compared-range.ts'
import type {
  DifferenceSample,
  EventPlace,
  Gate,
  RebuildReport,
} from '../platform/storage/documents/port.ts'
import { fieldDifferences, isIgnored, valueAt, type FieldDifference } from './field-differences.ts'

/** Most paths of fields in a report, samples of each, keys of documents that only one generation has, and letters of a value. */
const bounds = { fields: 50, samples: 3, keys: 5, letters: 300 }

/** A sample that may be explained, with the document of the new generation. */
export type ToExplain = {
  readonly key: string
  readonly difference: FieldDifference
  readonly next: unknown
  readonly explain: (by: { readonly old?: EventPlace; readonly new?: EventPlace }) => void
}

/** Differences between two generations as they are found, with bounded samples. */
export type ReportTally = {
  /** Adds a document of one or both generations. @returns its samples, none for most documents */
  readonly add: (pair: Pair) => readonly ToExplain[]
  /** The report of what was added. @param at ISO 8601 */
  readonly report: (at: string, position: bigint) => RebuildReport
}

/** Whether the generation is published without an operator. */
export const opens = ({ maxDifferences }: Gate, { counted }: RebuildReport): boolean =>
  maxDifferences !== undefined && counted <= maxDifferences

/** The report about a generation that could not be compared, as the documents of the one before it are lost. @param at ISO 8601 */
export const lostReport = (
  projection: AnyProjection,
  at: string,
  position: bigint,
): RebuildReport => ({
  ...reportTally(projection, { ignoredFields: [] }).report(at, position),
  isOldLost: true,
})

/** A value as a sample shows it: whole, or the beginning of its JSON. */
const shown = (value: unknown): unknown => {
  const json = JSON.stringify(value) ?? ''
  return json.length > bounds.letters ? `${json.slice(0, bounds.letters)}…` : value
}

type Field = { documents: number; readonly ignored: boolean; readonly samples: DifferenceSample[] }

/** Begins a report about two generations of a read model, without any document. */
export const reportTally = (
  { document: schema }: Pick<AnyProjection, 'document'>,
  { ignoredFields }: Gate,
): ReportTally => {
  const counts = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
  const fields = new Map<string, Field>()
  const keys = { onlyOld: [] as string[], onlyNew: [] as string[] }
  let counted = 0
  let furtherFields = 0

  const fieldOf = (path: string): Field | undefined => {
    const known = fields.get(path)
    if (known || fields.size >= bounds.fields) return known
    const field: Field = { documents: 0, ignored: isIgnored(path, ignoredFields), samples: [] }
    fields.set(path, field)
    return field
  }

  const sampled = (pair: Pair, { samples }: Field, difference: FieldDifference): ToExplain => {
    const { key, old, next } = pair
    const valueIn = (document: unknown): unknown => {
      const value = valueAt(maskedDocument(schema, document), difference.place)
      // What is masked around it hides it as well.
      return value === undefined ? '***' : shown(value)
    }
    const sample: DifferenceSample = {
      key,
      ...(difference.old !== undefined && { old: valueIn(old) }),
      ...(difference.next !== undefined && { new: valueIn(next) }),
    }
    const nth = samples.push(sample) - 1
    return {
      key,
      difference,
      next,
      explain: (by) => {
        samples[nth] = {
          ...sample,
          ...(by.old && { oldEvent: by.old }),
          ...(by.new && { newEvent: by.new }),
        }
      },
    }
  }

  return {
    add: (pair) => {
      const kind = kindOf(pair)
      counts[kind] += 1
      if (kind === 'same') return []
      if (kind !== 'different') {
        counted += 1
        if (keys[kind].length < bounds.keys) keys[kind].push(pair.key)
        return []
      }
      const differences = fieldDifferences(schema, pair.old, pair.next)
      if (!differences.every(({ path }) => isIgnored(path, ignoredFields))) counted += 1
      const toExplain: ToExplain[] = []
      const seen = new Set<string>()
      for (const difference of differences) {
        const { path } = difference
        if (seen.has(path)) continue
        seen.add(path)
        const field = fieldOf(path)
        if (!field) furtherFields += 1
        else {
          field.documents += 1
          if (field.samples.length < bounds.samples)
            toExplain.push(sampled(pair, field, difference))
        }
      }
      return toExplain
    },

    report: (at, position) => ({
      ...countsOf(counts),
      at,
      position: String(position),
      counted,
      fields: [...fields]
        .map(([path, field]) => ({ path, ...field, samples: [...field.samples] }))
        .toSorted((a, b) => b.documents - a.documents),
      furtherFields,
      onlyOldKeys: [...keys.onlyOld],
      onlyNewKeys: [...keys.onlyNew],
    }),
  }
}
