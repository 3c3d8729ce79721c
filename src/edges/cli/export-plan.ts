import type { Manifest } from './manifest.ts'
import { rangeOf, wantedOf, type Selection } from './replay-command.ts'
import { spanOf, type Bound, type Span } from './replay-range.ts'
import type { ReplaySource, EventFilter } from './replay-source.ts'

/** Plan of an export: from the options of the command, or from the manifest of an earlier export. */
export type ExportPlan = {
  readonly wanted: EventFilter
  /** The filter in the form of a manifest. */
  readonly filter: Manifest['filter']
  /** The bounds as requested. */
  readonly requested: Pick<Manifest['range'], 'from' | 'to'>
  /** Resolves the range to positions. Events appended later are not part of it. */
  readonly spanIn: (source: ReplaySource) => Promise<Span>
}

const boundInManifest = (bound: Bound) =>
  'position' in bound ? { position: String(bound.position) } : { at: bound.at }

const filterOf = ({ categories, types }: EventFilter): Manifest['filter'] => ({
  ...(categories && { categories: [...categories] }),
  ...(types && { types: [...types] }),
})

/** Plans a new export. @throws BadUsage when a bound of the range is neither a position nor a time */
export const planOf = (selection: Selection): ExportPlan => {
  const range = rangeOf(selection)
  const wanted = wantedOf(selection)
  return {
    wanted,
    filter: filterOf(wanted),
    requested: {
      ...(range.from && { from: boundInManifest(range.from) }),
      ...(range.to && { to: boundInManifest(range.to) }),
    },
    spanIn: (source) => spanOf(source, range),
  }
}

/** Plans to repeat the export of a manifest: exactly the same positions, whatever was appended since. */
export const repeatOf = ({ filter, range: { from, to, after, last } }: Manifest): ExportPlan => {
  const since = from && 'at' in from ? from.at : ''
  const until = to && 'at' in to ? to.at : undefined
  return {
    wanted: filter,
    filter,
    requested: { ...(from && { from }), ...(to && { to }) },
    spanIn: async () => ({
      after: BigInt(after),
      last: BigInt(last),
      holds: (at) => at >= since && (until === undefined || at <= until),
    }),
  }
}
