import { Fields, personal, projection, Timestamp } from '#kernel'
import { Type } from 'typebox'
import { activity, EventType, Metadata } from '../domains/analytics/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Returns the key of an activity in its batch. */
const keyOf = (batch: string, index: number): string => `${batch}-${String(index).padStart(2, '0')}`

const indexIn = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1))

/** What users did at clients, as these have reported it. */
export const activities = projection({
  name: 'activities',
  version: 2,
  store: 'mongo',
  within: 60_000,
  document: Fields({
    id: Type.String(),
    userId: UserId,
    /** A declared name, or `other`. */
    eventType: Type.String(),
    /** The name that the client gave, where it is not `eventType`. */
    name: Type.Optional(personal(EventType)),
    metadata: personal(Metadata),
    timestamp: Timestamp,
  }),
  from: [activity],
  key: ({ id, type, data }) => {
    const count = type === 'ActivityTracked' ? data.items.length : data.count
    return Array.from({ length: count }, (_, index) => keyOf(id, index))
  },
  beginsWith: [activity],
  delay: 200,
  indexes: [['userId', 'timestamp']],
}).rules({
  ActivityTracked: (_, { data: { userId, items } }, key) => {
    const item = items[indexIn(key)]
    if (!item) return undefined
    const { eventType, name, timestamp, metadata = {} } = item
    return { id: key, userId, eventType, ...(name && { name }), metadata, timestamp }
  },
  ActivityForgotten: () => undefined,
})
