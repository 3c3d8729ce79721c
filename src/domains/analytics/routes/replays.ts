import { Type } from 'typebox'
import { derivedId, Fields, isRefusal } from '#kernel'
import { replay, ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from '../language.ts'
import { BadEnd, resolvedRange } from '../../../platform/storage/event-log/resolved-range.ts'
import type { Executed } from '../../../runtime/execution.ts'
import { readOne } from '../../../runtime/reading.ts'
import { replays } from '../../../projections/index.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { analystLog } from '../services/analyst-log.ts'

const params = Fields({ id: ReplayId })

const Asked = Fields({
  filter: Type.Optional(ReplayFilter),
  fromPosition: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,18}$', description: 'The first position' }),
  ),
  fromTime: Type.Optional(
    Type.String({
      maxLength: 50,
      description: 'Only events recorded at this time or later, ISO 8601',
    }),
  ),
  until: Type.Optional(
    Type.String({
      maxLength: 50,
      description: 'The last position or time. Default: the current head of the log',
    }),
  ),
  speed: Type.Optional(ReplaySpeed),
})

/** A replay after the command that changed it. */
const Replay = Type.Object({
  id: ReplayId,
  filter: ReplayFilter,
  fromPosition: Type.String(),
  untilPosition: Type.String(),
  fromTime: Type.Optional(Type.String({ format: 'date-time' })),
  untilTime: Type.Optional(Type.String({ format: 'date-time' })),
  speed: ReplaySpeed,
  status: ReplayStatus,
  startedBy: Type.String({ format: 'uuid' }),
})

const statuses = { paused: 'PAUSED', stopped: 'STOPPED' } as const

const changed = (id: ReplayId, { state, position, revision }: Executed<typeof replay>) => {
  if (state.status === 'new') throw notFound('replay')
  const { status, completed, ...definition } = state
  const shown = status === 'playing' ? (completed ? 'COMPLETED' : 'RUNNING') : statuses[status]
  return { data: { id, ...definition, status: shown }, position, revision } as const
}

const verbs = [
  ['POST', '/pause', 'PauseReplay', 'Pause a replay for all its listeners'],
  ['POST', '/resume', 'ResumeReplay', 'Resume a replay for all its listeners'],
  ['DELETE', '', 'StopReplay', 'Stop a replay for all its listeners, for good'],
] as const

const steering = verbs.map(([method, verb, type, summary]) =>
  route({
    method,
    url: `/analytics/replays/:id${verb}`,
    access: 'analyst',
    operationId: `${type[0]?.toLowerCase()}${type.slice(1)}`,
    summary,
    description: 'For the user that started it, and for admins.',
    params,
    data: Replay,
    problems: [404, 409],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      const { state } = await executor.stateOf(replay, id)
      if (state.status === 'new') throw notFound('replay')
      mustOwn(caller, state.startedBy)
      const answer = await executor.execute(replay, id, { type, data: {} }, origin)
      if (isRefusal(answer)) throw refusalProblem(replay, answer)
      return changed(id, answer)
    },
  }),
)

/** Routes of replays, which are played over the socket `/analytics`. */
export const replayRoutes = [
  route({
    method: 'POST',
    url: '/analytics/replays',
    access: 'analyst',
    operationId: 'startReplay',
    summary: 'Define a replay of a part of the log',
    description:
      'Its events are the same whenever it is played: later events are not part of it. Play it any number of times by `replay:start` with its id over the socket `/analytics`; every listener receives it from the start. `speed` 1 is the original speed, but waits are at most five seconds.',
    body: Asked,
    example: { filter: { categories: ['order', 'payment'] }, fromPosition: '1', speed: 60 },
    data: Replay,
    status: 201,
    handle: async (
      { body: { filter = {}, speed = 'max' as const, ...asked }, caller, origin },
      ports,
    ) => {
      const { executor } = ports
      const part = await resolvedRange(analystLog(ports), asked).catch((error: unknown) => {
        throw error instanceof BadEnd ? invalid(error.field, error.message) : error
      })
      const id = derivedId(ReplayId, origin.commandId, 'replay')
      const data = { filter, ...part, speed, startedBy: caller.id }
      const answer = await executor.execute(replay, id, { type: 'StartReplay', data }, origin)
      if (isRefusal(answer)) throw refusalProblem(replay, answer)
      return { ...changed(id, answer), location: `/analytics/replays/${id}` }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/replays',
    access: 'analyst',
    operationId: 'listReplays',
    summary: 'All replays, the latest first',
    query: ListQuery(['startedAt', 'updatedAt'], { status: Type.Optional(ReplayStatus) }),
    data: ListOf('replays', DocumentFrom(replays)),
    handle: async ({ query }, ports) => {
      const { status } = query
      const { documents, info, position } = await listed(ports, replays, query, { status })
      return { data: { replays: documents, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/replays/:id',
    access: 'analyst',
    operationId: 'getReplay',
    summary: 'One replay: its definition and status',
    params,
    query: Fresh,
    data: DocumentFrom(replays),
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readOne(readModels, replays, id, minPositionOf(query))
      if (!document) throw notFound('replay')
      return { data: document, position }
    },
  }),

  ...steering,
]
