import { categoryOf, type AnyDecider, type Catalogue } from '#kernel'
import { sameData } from './same-data.ts'
import type { PolicyTally } from './tally.ts'
import type { TriedStream } from './tried-streams.ts'

/** Sums of a state by their names. */
export type Measure = {
  /** Money in minor units. */
  readonly money?: (
    state: never,
  ) => Readonly<Record<string, { readonly amount: number; readonly currency: string }>>
  readonly pieces?: (state: never) => Readonly<Record<string, number>>
}

/** What the states of deciders are worth, by the decider's name. */
export type Measures = ReadonlyMap<string, Measure>

/** Returns the sums of a state; none where the rules that are tried have made another kind of state of it. */
const sumsOf = <T>(
  of: ((state: never) => Readonly<Record<string, T>>) | undefined,
  state: unknown,
) => {
  try {
    return of?.(state as never) ?? {}
  } catch {
    return {}
  }
}

/** Status of a stream that has no events, and of one whose state has no status. */
const noEvents = '–'
const unnamed = '(no status)'

const statusOf = (state: unknown, revision: number): string => {
  if (revision < 0) return noEvents
  if (typeof state === 'string') return state
  if (typeof state !== 'object' || state === null || !('status' in state)) return unnamed
  return typeof state.status === 'string' ? state.status : unnamed
}

/** Adds to the tally how streams end, and what money and pieces differ. */
export const countEnds = (
  tried: Iterable<TriedStream>,
  {
    measures,
    catalogue,
    tally,
  }: {
    readonly measures: Measures
    readonly catalogue: Pick<Catalogue, 'streamTold'>
    readonly tally: PolicyTally
  },
): void => {
  for (const one of tried) {
    const { stream, recorded, revision, changed, changedRevision, lost } = one
    if (lost || (!one.differs && sameData(recorded, changed))) continue
    const category = categoryOf(stream)
    const [before, after] = [statusOf(recorded, revision), statusOf(changed, changedRevision)]
    if (before !== after) tally.end(category, before, after, catalogue.streamTold(stream))
    const { money, pieces } = measures.get(category) ?? {}
    const [had, has] = [sumsOf(money, recorded), sumsOf(money, changed)]
    for (const name of new Set([...Object.keys(had), ...Object.keys(has)]))
      for (const currency of new Set([had[name]?.currency, has[name]?.currency])) {
        if (currency === undefined) continue
        const amountIn = (all: typeof had): number =>
          all[name]?.currency === currency ? all[name].amount : 0
        tally.money(name, currency, { recorded: amountIn(had), changed: amountIn(has) })
      }
    const [some, others] = [sumsOf(pieces, recorded), sumsOf(pieces, changed)]
    for (const [name, count] of Object.entries(some)) {
      const other = others[name] ?? 0
      if (other !== count)
        tally.pieces(name, catalogue.streamTold(stream), { recorded: count, changed: other })
    }
  }
}

/** Deciders by name, those that are tried in place of the installed ones. */
export const triedDeciders = (
  installed: readonly AnyDecider[],
  changed: readonly AnyDecider[],
): readonly AnyDecider[] => {
  const names = new Map(changed.map((one) => [one.name, one]))
  return installed.map((one) => names.get(one.name) ?? one)
}
