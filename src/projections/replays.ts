import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import {
  replay,
  ReplayFilter,
  ReplayId,
  ReplaySpeed,
  ReplayStatus,
} from '../domains/analytics/language.ts'
import { UserId } from '../domains/shared/index.ts'

const Position = Type.String({ pattern: '^[0-9]{1,18}$' })

/** All replays with filter, range, speed, starter and status. */
export const replays = projection({
  name: 'replays',
  store: 'postgres',
  within: 10_000,
  document: Fields({
    id: ReplayId,
    ...ReplayFilter.properties,
    fromPosition: Position,
    untilPosition: Position,
    fromTime: Type.Optional(Timestamp),
    untilTime: Type.Optional(Timestamp),
    speed: ReplaySpeed,
    status: ReplayStatus,
    startedBy: UserId,
    startedAt: Timestamp,
    updatedAt: Timestamp,
    /** Time at which it was first completed, and its number of events. */
    completedAt: Type.Optional(Timestamp),
    events: Type.Optional(Type.Integer({ minimum: 0 })),
    lastPosition: Type.Optional(Position),
  }),
  from: [replay],
  key: 'id',
  beginsWith: [replay],
  indexes: [['startedAt'], ['status', 'startedAt']],
}).rules({
  ReplayStarted: (_, { id, at, data: { filter, ...definition } }) => ({
    id,
    ...filter,
    ...definition,
    status: 'RUNNING',
    startedAt: at,
    updatedAt: at,
  }),
  ReplayPaused: (document, { at }) => document && { ...document, status: 'PAUSED', updatedAt: at },
  ReplayResumed: (document, { at }) =>
    document && {
      ...document,
      status: document.completedAt === undefined ? 'RUNNING' : 'COMPLETED',
      updatedAt: at,
    },
  ReplayStopped: (document, { at }) =>
    document && { ...document, status: 'STOPPED', updatedAt: at },
  ReplayCompleted: (document, { at, data: { events, lastPosition } }) =>
    document && {
      ...document,
      status: document.status === 'RUNNING' ? 'COMPLETED' : document.status,
      completedAt: at,
      ...(events !== undefined && { events }),
      lastPosition,
      updatedAt: at,
    },
})
