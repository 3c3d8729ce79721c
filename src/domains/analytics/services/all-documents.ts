import type { Projection } from '#kernel'
import { timeAt } from '#kernel'
import type { Query } from '../../../platform/storage/documents/port.ts'
import type { ReadModels } from '../../../runtime/reading.ts'

/** Documents of one query. */
const pageSize = 1_000

/** Reads of a read model, and the position that they include at least. */
export type Reads = {
  readonly readModels: Pick<ReadModels, 'find'>
  /** Reads wait until their read model has reached it. */
  readonly minPosition?: bigint | undefined
  /** Called with the position of each read. */
  readonly onPosition: (position: bigint) => void
}

/**
 * Calls a function with all matching documents, in the order of a field, page by page, so that they need not be in memory
 * together.
 * @param field text that every matching document has; the index is by it
 */
export const eachDocument = async <D extends { readonly id: string }>(
  { readModels, minPosition, onPosition }: Reads,
  projection: Projection<D>,
  where: NonNullable<Query['where']>,
  field: keyof D & string,
  each: (document: D) => void,
): Promise<void> => {
  let after: { readonly value: string; readonly key: string } | undefined
  for (;;) {
    const { documents, position } = await readModels.find(
      projection,
      { where, sort: [field], limit: pageSize, counted: false, ...(after && { after }) },
      minPosition,
    )
    onPosition(position)
    for (const document of documents) each(document)
    const last = documents.at(-1)
    if (!last || documents.length < pageSize) return
    after = { value: String(last[field]), key: last.id }
  }
}

/** Returns the condition of a text of a moment in a range. @param range in ms; `to` is not included */
export const momentsIn = ({ from, to }: { readonly from: number; readonly to: number }) => ({
  gte: timeAt(from),
  lt: timeAt(to),
})

/** Returns the condition of the days in UTC that a range touches. @param range in ms; `to` is not included */
export const daysIn = ({ from, to }: { readonly from: number; readonly to: number }) => ({
  gte: timeAt(from).slice(0, 10),
  lte: timeAt(to - 1).slice(0, 10),
})
