import type { RecordedEvent } from '#kernel'
import { canonicalJson } from './canonical-json.ts'
import { rawPagesOf } from './raw-pages.ts'
import { type RawSpan } from './whole-log.ts'
import type { RawLog } from './whole-log.ts'

/** What of an event is the same in every log that holds it; its position is not. */
const lasting = ({
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

/** An event as one line, which is the same in every log that holds it: canonical JSON of what lasts. */
export const lineOf = (event: RecordedEvent): string => {
  const { at, data, eventId, metadata, original, revision, stream, type } = event
  // By hand, since whole logs pass through here; names in order, as in canonical JSON.
  const last = original ? `,"original":${canonicalJson(original)}` : ''
  return `{"at":${JSON.stringify(at)},"data":${canonicalJson(data)},"eventId":${JSON.stringify(eventId)},"metadata":${canonicalJson(metadata)}${last},"revision":${revision},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}\n`
}

/** The first place where two logs are not the same: one of them ends there, or other events are there. */
export type Difference = {
  readonly from: RecordedEvent | undefined
  readonly to: RecordedEvent | undefined
}

/** How far two logs are the same. */
export type Comparison = {
  readonly events: number
  /** The position of the last event that both have; where the part began, when there is none. */
  readonly from: bigint
  readonly to: bigint
  /** Undefined when they are the same to the end. */
  readonly difference: Difference | undefined
}

/** Whether two JSON values have the same canonical JSON; at a fraction of its cost. */
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

/** Whether two events have the same line. Logs that keep a value otherwise (no value for null) are told apart by it. */
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

/** Hands out the events of pages, as many at a time as are at hand. */
const reader = (pages: AsyncGenerator<readonly RecordedEvent[], void>) => {
  let page: readonly RecordedEvent[] = []
  let next = 0
  return {
    /** The events at hand, reading on when there are none; none at the end. */
    rest: async (): Promise<readonly RecordedEvent[]> => {
      if (next >= page.length) [page, next] = [(await pages.next()).value ?? [], 0]
      return page.slice(next)
    },
    skip: (count: number): void => void (next += count),
    close: () => pages.return(),
  }
}

/**
 * Compares parts of two logs event by event, as far as they are the same.
 * @param options.same called with the lines of events that both have, in order
 * @param options.reached called with the position in `from` up to which they are the same
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
  const [ours, theirs] = [from, to].map(({ log, ...span }) => reader(rawPagesOf(log, span, signal)))
  if (!ours || !theirs) throw new Error('unreachable')
  let at = { events: 0, from: from.after, to: to.after }
  try {
    for (;;) {
      const [left, right] = await Promise.all([ours.rest(), theirs.rest()])
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
      const atHand = Math.min(left.length, right.length)
      if (lines.length < atHand || atHand === 0) {
        const difference = { from: left[lines.length], to: right[lines.length] }
        return { ...at, difference: difference.from || difference.to ? difference : undefined }
      }
      ours.skip(lines.length)
      theirs.skip(lines.length)
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()])
  }
}

const placeOf = ({ position, stream, revision, type }: RecordedEvent): string =>
  `position ${position} (${stream}, revision ${revision}, ${type})`

const fieldsThatDiffer = (from: RecordedEvent, to: RecordedEvent): readonly string[] => {
  const [ours, theirs] = [from, to].map(
    (event) => new Map<string, unknown>(Object.entries(lasting(event))),
  )
  return [...new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])].filter(
    (name) => canonicalJson(ours?.get(name)) !== canonicalJson(theirs?.get(name)),
  )
}

/**
 * A difference in a sentence. It names fields and tells nothing of what is in them: they may be secrets.
 * @param names what the two logs are called
 */
export const inWords = (
  { from, to }: Difference,
  names: { readonly from: string; readonly to: string },
): string => {
  if (from && to)
    return `The first difference: ${names.from} has ${placeOf(from)}, ${names.to} has ${placeOf(to)}; different are ${fieldsThatDiffer(from, to).join(', ')}.`
  if (from) return `${names.to} ends where ${names.from} has ${placeOf(from)}.`
  if (to) return `${names.from} ends where ${names.to} has ${placeOf(to)}.`
  return 'There is no difference.'
}
