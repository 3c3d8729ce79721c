import { Type, type Static } from 'typebox'
import { Fields, timeAt } from '#kernel'
import { canonicalMoment } from '../../../serving/moments.ts'
import { invalid } from '../../../serving/problem.ts'
import {
  activityAge,
  activityKind,
  activityName,
  EventType,
  Metadata,
  mostActivities,
  type Activity,
} from '../language.ts'

/** Greatest size of the metadata of an activity, in characters of its JSON. */
const mostMetadata = 4_096

const tracked = {
  eventType: EventType,
  metadata: Type.Optional(Metadata),
  timestamp: Type.Optional(
    Type.String({ maxLength: 40, description: 'When it happened, in ISO 8601. Default: now' }),
  ),
}

/** One activity, or several as `events`. */
export const Reported = Fields({
  eventType: Type.Optional(EventType),
  metadata: tracked.metadata,
  timestamp: tracked.timestamp,
  events: Type.Optional(Type.Array(Fields(tracked), { minItems: 1, maxItems: mostActivities })),
  userId: Type.Optional(
    Type.String({ format: 'uuid', description: 'The caller; nobody reports for others' }),
  ),
})

type OneReported = Static<ReturnType<typeof Fields<typeof tracked>>>

/** Returns the activities of a request, each with the path of its field. @throws Problem 400 naming `eventType` or `events` */
const listed = ({
  eventType,
  metadata,
  timestamp,
  events,
}: Static<typeof Reported>): readonly (readonly [path: string, one: OneReported])[] => {
  if (events === undefined) {
    if (eventType === undefined) throw invalid('eventType', 'is required, or events')
    const one = { eventType, ...(metadata && { metadata }), ...(timestamp && { timestamp }) }
    return [['', one]]
  }
  if (eventType !== undefined || metadata !== undefined || timestamp !== undefined)
    throw invalid('events', 'must not be sent beside one event of its own')
  return events.map((one, index) => [`events[${index}].`, one])
}

/** Metadata in which the number of hits of a search is looked for, in this order. */
const hits = ['results', 'resultCount', 'total', 'hits'] as const

/** What metrics need of metadata, which themselves are personal and erased with their person. */
const liftedFrom = (metadata: Readonly<Record<string, unknown>>) => {
  const results = hits
    .flatMap((name) => (Object.hasOwn(metadata, name) ? [metadata[name]] : []))
    .find(
      (value): value is number =>
        typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9,
    )
  return { ...(results !== undefined && { results }) }
}

/** The declared name in clear, and the client's own beside it. */
const namesOf = (eventType: string) => {
  const declared = activityName(eventType)
  return { eventType: declared, ...(declared !== eventType && { name: eventType }) }
}

const timeOf = (path: string, timestamp: string | undefined, now: number): string => {
  if (timestamp === undefined) return timeAt(now)
  const moment = canonicalMoment(timestamp)
  const field = `${path}timestamp`
  const time = moment === undefined ? Number.NaN : Date.parse(moment)
  if (moment === undefined || Number.isNaN(time))
    throw invalid(field, 'must be a moment in ISO 8601, such as 2030-01-31T12:00:00Z')
  if (now - time > activityAge.most) throw invalid(field, 'must be of the last 7 days')
  if (time - now > activityAge.ahead) throw invalid(field, 'must not be in the future')
  return moment
}

/** Number of levels of metadata. */
const deepest = 5

/** Names that every store can hold. */
const storable = /^[A-Za-z0-9_][A-Za-z0-9_ -]{0,99}$/

/** Whether all names of fields are storable, and no value is nested too deeply. */
const isShallow = (value: unknown, level = 1): boolean => {
  if (typeof value !== 'object' || value === null) return true
  if (level > deepest) return false
  return Array.isArray(value)
    ? value.every((one) => isShallow(one, level + 1))
    : Object.entries(value).every(([name, one]) => storable.test(name) && isShallow(one, level + 1))
}

/** Stores cannot hold U+0000 or halves of characters. */
const isStorable = (json: string): boolean =>
  !json.includes('\\u0000') && !/\\ud[89a-f]/i.test(json)

/**
 * Returns the activities that a client reports.
 * @param now in ms since 1970
 * @throws Problem 400 naming the field that is wrong
 */
export const activitiesIn = (body: Static<typeof Reported>, now: number): Activity[] =>
  listed(body).map(([path, { eventType, metadata, timestamp }]) => {
    if (metadata !== undefined) {
      const field = `${path}metadata`
      if (!isShallow(metadata))
        throw invalid(
          field,
          `must have at most ${deepest} levels, and names of letters, digits, spaces, - and _`,
        )
      const json = JSON.stringify(metadata)
      if (json.length > mostMetadata)
        throw invalid(field, `must have at most ${mostMetadata} characters of JSON`)
      if (!isStorable(json))
        throw invalid(field, 'must not contain U+0000, or halves of characters')
    }
    return {
      ...namesOf(eventType),
      timestamp: timeOf(path, timestamp, now),
      ...(metadata && {
        metadata,
        ...(activityKind(eventType) === 'search' && liftedFrom(metadata)),
      }),
    }
  })
