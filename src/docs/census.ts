import { catalogue, categoryOf, declarationOf, type Declaration, type RecordedEvent } from '#kernel'
import { categoriesOf, type Consumers, type Declared } from './declared.ts'

/** An event as a census counts it: in clear, and as it was recorded, not upcast. */
export type CountedEvent = Pick<RecordedEvent, 'stream' | 'type' | 'data'> & {
  /** Version of its schema under which it was recorded. */
  readonly version: number
  /** Whether it concerns a person who was forgotten: nobody reads what it said, and its data are not judged. */
  readonly isForgotten?: boolean
}

/** Why events of a type and version cannot be folded any more. */
export type CensusFault =
  | 'undeclared'
  /** Another decider, or saga, declares them than that of their streams. */
  | 'moved'
  /** Recorded under a newer version than is declared. */
  | 'newer'
  /** The schema does not take their data, upcast to the declared version. */
  | 'refused'

/** What a census says about the events of a type and version. */
export type CensusRow = {
  readonly type: string
  readonly version: number
  readonly count: number
  /** How many of them concern people who were forgotten. */
  readonly forgotten: number
  /** Category of their streams; the name of the decider, or saga, that declares them. */
  readonly category: string
  /** Context of the decider; undefined for sagas, and for events that are not declared. */
  readonly context?: string
  /** Declared version of the schema; undefined for an event that is not declared. */
  readonly declared?: number
  /** The upcasters that bring them up, as in `1 to 2`. */
  readonly upcasters: readonly string[]
  /** Names of those that read them, besides the decider. */
  readonly readBy: Consumers
  readonly fault?: {
    readonly kind: CensusFault
    /** How many events have it. */
    readonly count: number
    /** What the first of them lacks, a sentence. */
    readonly detail: string
  }
}

const noConsumers: Consumers = { readModels: [], sagas: [], jobs: [], sockets: [] }

type Known = Pick<CensusRow, 'context' | 'readBy'> & { readonly declared: number }

type Counting = { row: CensusRow }

const stepsOf = (from: number, to: number): readonly string[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, nth) => `${from + nth} to ${from + nth + 1}`)

/**
 * Counts the events of a log by type and version, and judges each by the declarations: whether it can still be folded, and
 * what reads it. Its memory is bounded by the number of types and versions.
 * @param options.allOurs whether no event can be another program's: those of categories that are not declared are judged too
 */
export const census = (
  declared: Declared,
  { allOurs = false }: { readonly allOurs?: boolean } = {},
) => {
  const declarations: readonly Declaration[] = [
    ...Object.values(declared.contexts).flat(),
    ...declared.sagas.map(declarationOf),
  ]
  const schemas = catalogue(declarations)
  const categories = new Set(declarations.map(({ name }) => name))
  const known = new Map<string, Known>(
    categoriesOf(declared).flatMap(({ context, events }) =>
      events.map(({ type, version, consumers }) => [
        type,
        { ...(context !== undefined && { context }), declared: version, readBy: consumers },
      ]),
    ),
  )
  const categoryByType = new Map(
    declarations.flatMap(({ name, events }) =>
      Object.keys(events).map((type): [string, string] => [type, name]),
    ),
  )
  const counted = new Map<string, Counting>()

  const faultOf = (
    { type, version, data, stream }: CountedEvent,
    of: Known | undefined,
  ): { readonly kind: CensusFault; readonly detail: string } | undefined => {
    if (!of) return { kind: 'undeclared', detail: `no decider declares ${type}` }
    const [category, declaredBy] = [categoryOf(stream), categoryByType.get(type)]
    if (allOurs && category !== declaredBy)
      return { kind: 'moved', detail: `in streams of ${category}, while ${declaredBy} declares it` }
    if (version > of.declared)
      return { kind: 'newer', detail: `version ${of.declared} is the newest that is declared` }
    try {
      const event = { type, data, metadata: { schemaVersion: version } }
      const detail = schemas.problemWith(type, schemas.upToDate(event as RecordedEvent).data)
      return detail === undefined ? undefined : { kind: 'refused', detail }
    } catch (error) {
      return { kind: 'refused', detail: `its upcaster throws: ${String(error)}` }
    }
  }

  const rowOf = ({ type, version, stream }: CountedEvent, of: Known | undefined): CensusRow => ({
    type,
    version,
    count: 0,
    forgotten: 0,
    category: categoryOf(stream),
    ...of,
    upcasters: stepsOf(version, of?.declared ?? 0),
    readBy: of?.readBy ?? noConsumers,
  })

  return {
    /** Counts an event. @returns its fault, unless it is another program's event */
    take: (event: CountedEvent): CensusFault | undefined => {
      const { type, version, stream, isForgotten = false } = event
      const of = known.get(type)
      const key = `${type}@${version}`
      const counting = counted.get(key) ?? { row: rowOf(event, of) }
      counted.set(key, counting)
      const { row } = counting
      const isForeign = !allOurs && !of && !categories.has(categoryOf(stream))
      const found = isForeign || (isForgotten && of) ? undefined : faultOf(event, of)
      const { fault } = row
      counting.row = {
        ...row,
        count: row.count + 1,
        forgotten: row.forgotten + Number(isForgotten),
        ...(found && { fault: { ...found, ...fault, count: (fault?.count ?? 0) + 1 } }),
      }
      return found?.kind
    },
    /** The counts so far, by type and version. */
    rows: (): readonly CensusRow[] =>
      [...counted.values()]
        .map(({ row }) => row)
        .toSorted((a, b) => (a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1)),
  }
}

/**
 * What to write so that events which are there can be folded again.
 * @param where `the log`, or the name of the sample
 */
export const remedyFor = (
  { type, version, category, context, declared = 0, fault }: CensusRow,
  where: string,
): string | undefined => {
  if (!fault) return undefined
  const folder = context === undefined ? 'the saga' : `src/domains/${context}`
  const found = `${type}@${version} is in ${where}, but`
  switch (fault.kind) {
    case 'undeclared':
      return `${found} no decider declares it: events stay in logs, so declare it again, with its schema, among the events of ${category}${context === undefined ? '' : ` in ${folder}`}; a rule of evolve that returns the state ignores it.`
    case 'moved':
      return `${found} ${fault.detail}: streams never change their category, so declare it again with the decider, or saga, of its streams, and a type of another name where it is now.`
    case 'newer':
      return `${found} ${folder} declares version ${declared} only: put back its upcaster (evolved), and with it the newer schema.`
    case 'refused':
      return version < declared
        ? `${found} no schema takes it (${fault.detail}): mend the upcasters of ${type} from version ${version} on, in ${folder}.`
        : `${found} no schema takes it (${fault.detail}): add an upcaster from version ${version} to ${version + 1}, evolved(…), for ${type} in ${folder}, or permit what was recorded.`
  }
}
