import type { Manifest } from './manifest.ts'
import { rangeOf, wantedOf, type Selection } from './replay-command.ts'
import { spanOf, type Bound, type Span } from './replay-range.ts'
import type { ReplaySource, Wanted } from './replay-source.ts'

/** What is to be exported: from what was typed, or from the manifest of an export made before. */
export type ExportPlan = {
  readonly wanted: Wanted
  /** The same, as a manifest keeps it. */
  readonly filter: Manifest['filter']
  /** The ends as they were asked for. */
  readonly asked: Pick<Manifest['range'], 'from' | 'to'>
  /** The positions that comes down to. What is recorded from then on is not part of it. */
  readonly spanIn: (source: ReplaySource) => Promise<Span>
}

const kept = (bound: Bound) =>
  'position' in bound ? { position: String(bound.position) } : { at: bound.at }

const filterOf = ({ categories, types }: Wanted): Manifest['filter'] => ({
  ...(categories && { categories: [...categories] }),
  ...(types && { types: [...types] }),
})

/** A new export. @throws BadUsage when an end of the range is neither a position nor a time */
export const planOf = (selection: Selection): ExportPlan => {
  const range = rangeOf(selection)
  const wanted = wantedOf(selection)
  return {
    wanted,
    filter: filterOf(wanted),
    asked: {
      ...(range.from && { from: kept(range.from) }),
      ...(range.to && { to: kept(range.to) }),
    },
    spanIn: (source) => spanOf(source, range),
  }
}

/** The export of a manifest once more: exactly the same positions, whatever came since. */
export const repeatOf = ({ filter, range: { from, to, after, last } }: Manifest): ExportPlan => {
  const since = from && 'at' in from ? from.at : ''
  const until = to && 'at' in to ? to.at : undefined
  return {
    wanted: filter,
    filter,
    asked: { ...(from && { from }), ...(to && { to }) },
    spanIn: async () => ({
      after: BigInt(after),
      last: BigInt(last),
      holds: (at) => at >= since && (until === undefined || at <= until),
    }),
  }
}
