/** Moments of a stream, as the address says: revisions. */
export type StreamSearch = {
  /** The revision whose state is shown; default: the last one. */
  readonly at?: number
  /** The revision that it is compared with, -1 for before the first event; default: the one before. */
  readonly with?: number
}

const revisionIn = (value: unknown, least: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value < 1e9
    ? value
    : undefined

/** Reads the moments of a stream from an address; what it does not know is left out. */
export const streamSearch = (given: Readonly<Record<string, unknown>>): StreamSearch => {
  const at = revisionIn(given['at'], 0)
  const other = revisionIn(given['with'], -1)
  return { ...(at !== undefined && { at }), ...(other !== undefined && { with: other }) }
}

/** Returns the two revisions that are shown of a stream with this last revision. */
export const momentsOf = (
  { at, with: other }: StreamSearch,
  last: number,
): { readonly at: number; readonly with: number } => {
  const shown = Math.min(at ?? last, last)
  return { at: shown, with: Math.min(other ?? shown - 1, last) }
}
