import type { RecordedEvent } from '#kernel'
import { canonicalJson } from '#kernel/canonical-json'
import { rawPagesOf } from './raw-pages.ts'
import { type RawSpan } from './whole-log.ts'
import type { RawLog } from './whole-log.ts'

/** Returns the fields of an event that are equal in every log that contains it; its position is not. */
const comparableFields = ({
  stream,
  revision,
  eventId,
  type,
  data,
  metadata,
  original,
  at,
}: RecordedEvent) => ({
  stream,
  revision,
  eventId,
  type,
  data,
  metadata,
  at,
  ...(original && { original }),
})

/** Canonical JSON of an event as one line; it is equal in every log that contains the event. */
export const lineOf = (event: RecordedEvent): string => {
  const { at, data, eventId, metadata, original, revision, stream, type } = event
  // Built by hand for speed, as it runs for whole logs; names are sorted, as in canonical JSON.
  const last = original ? `,"original":${canonicalJson(original)}` : ''
  return `{"at":${JSON.stringify(at)},"data":${canonicalJson(data)},"eventId":${JSON.stringify(eventId)},"metadata":${canonicalJson(metadata)}${last},"revision":${revision},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}\n`
}

/** First difference of two logs: one of them has ended, or the events differ. */
export type Difference = {
  readonly from: RecordedEvent | undefined
  readonly to: RecordedEvent | undefined
}

/** Result of a comparison: how far two logs are equal. */
export type Comparison = {
  /** Number of equal events. */
  readonly events: number
  /** Position of the last equal event in each log; the start of the range, when there is none. */
  readonly from: bigint
  readonly to: bigint
  /** Undefined when the logs are equal to the end. */
  readonly difference: Difference | undefined
}

/** Whether two JSON values have the same canonical JSON, at a fraction of its cost. */
const isSameValue = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => isSameValue(item, other[index]))
    )
  const [left, right] = [one, other] as readonly Readonly<Record<string, unknown>>[]
  const names = Object.keys(left!)
  return (
    names.length === Object.keys(right!).length &&
    names.every((name) => Object.hasOwn(right!, name) && isSameValue(left![name], right![name]))
  )
}

/** Whether two events have the same line. The line decides where logs store a value differently (none instead of null). */
const isSame = (event: RecordedEvent, line: string, other: RecordedEvent): boolean =>
  (event.revision === other.revision &&
    event.eventId === other.eventId &&
    event.stream === other.stream &&
    event.type === other.type &&
    event.at === other.at &&
    isSameValue(event.metadata, other.metadata) &&
    isSameValue(event.data, other.data) &&
    isSameValue(event.original, other.original)) ||
  lineOf(other) === line

/** Reader over pages of events. */
const reader = (pages: AsyncGenerator<readonly RecordedEvent[], void>) => {
  let page: readonly RecordedEvent[] = []
  let next = 0
  return {
    /** Returns the rest of the page, or the next page; empty at the end. */
    rest: async (): Promise<readonly RecordedEvent[]> => {
      if (next >= page.length) [page, next] = [(await pages.next()).value ?? [], 0]
      return page.slice(next)
    },
    skip: (count: number): void => void (next += count),
    close: () => pages.return(),
  }
}

/**
 * Compares ranges of two logs event by event, up to the first difference.
 * @param options.same called with the lines of equal events, in order
 * @param options.reached called with the position in `from` up to which the logs are equal
 */
export const compareLogs = async ({
  from,
  to,
  same,
  reached = () => undefined,
  signal,
}: {
  readonly from: RawSpan & { readonly log: Pick<RawLog, 'readAll'> }
  readonly to: RawSpan & { readonly log: Pick<RawLog, 'readAll'> }
  readonly same: (lines: string) => void
  readonly reached?: (position: bigint, events: number) => void
  readonly signal: AbortSignal
}): Promise<Comparison> => {
  const [fromReader, toReader] = [from, to].map(({ log, ...span }) =>
    reader(rawPagesOf(log, span, signal)),
  )
  if (!fromReader || !toReader) throw new Error('Two readers are created above')
  let at = { events: 0, from: from.after, to: to.after }
  try {
    for (;;) {
      const [left, right] = await Promise.all([fromReader.rest(), toReader.rest()])
      const lines: string[] = []
      for (const [index, event] of left.entries()) {
        const other = right[index]
        const line = lineOf(event)
        if (!other || !isSame(event, line, other)) break
        lines.push(line)
        at = { events: at.events + 1, from: event.position, to: other.position }
      }
      same(lines.join(''))
      reached(at.from, at.events)
      const compared = Math.min(left.length, right.length)
      if (lines.length < compared || compared === 0) {
        const difference = { from: left[lines.length], to: right[lines.length] }
        return { ...at, difference: difference.from || difference.to ? difference : undefined }
      }
      fromReader.skip(lines.length)
      toReader.skip(lines.length)
    }
  } finally {
    await Promise.all([fromReader.close(), toReader.close()])
  }
}

const placeOf = ({ position, stream, revision, type }: RecordedEvent): string =>
  `position ${position} (${stream}, revision ${revision}, ${type})`

const differingFields = (from: RecordedEvent, to: RecordedEvent): readonly string[] => {
  const [fromFields, toFields] = [from, to].map(
    (event) => new Map<string, unknown>(Object.entries(comparableFields(event))),
  )
  return [...new Set([...(fromFields?.keys() ?? []), ...(toFields?.keys() ?? [])])].filter(
    (name) => canonicalJson(fromFields?.get(name)) !== canonicalJson(toFields?.get(name)),
  )
}

/**
 * Describes a difference in a sentence. It names fields but not their values, which may be secret.
 * @param names of the two logs
 */
export const describeDifference = (
  { from, to }: Difference,
  names: { readonly from: string; readonly to: string },
): string => {
  if (from && to)
    return `The first difference: ${names.from} has ${placeOf(from)}, ${names.to} has ${placeOf(to)}; different fields: ${differingFields(from, to).join(', ')}.`
  if (from) return `${names.to} ends where ${names.from} has ${placeOf(from)}.`
  if (to) return `${names.from} ends where ${names.to} has ${placeOf(to)}.`
  return 'There is no difference.'
}
