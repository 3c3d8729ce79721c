import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import type {
  SagaDetails,
  SagaMoveReport,
  SagaPreview,
  SagaSummary,
  SagaWait,
} from '../../runtime/operations.ts'
import { ListOf, PageQuery } from '../../serving/lists.ts'
import { PathText } from '../../serving/path-text.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Moment = Type.String({ format: 'date-time' })

const Saga = Type.Object({
  saga: Type.String(),
  id: Type.String(),
  state: Type.Enum(['running', 'ended', 'parked']),
  startedAt: Moment,
  updatedAt: Moment,
  steps: Type.Integer(),
})

const Command = Type.Object({
  id: Type.String({ description: 'Events of the command have it as `commandId`' }),
  type: Type.String(),
  to: Type.String({ description: 'The decider' }),
  target: Type.String({ description: 'Id of the instance, masked where it is guessable' }),
  wait: Type.Integer({ description: 'Delay before it is sent, in ms' }),
})

const Input = Type.Object({
  kind: Type.Enum(['event', 'refusal', 'timer']),
  type: Type.String({
    description: 'Type of the event, or of the command that was refused or came due',
  }),
  eventId: Type.Optional(Type.String()),
  commandId: Type.Optional(
    Type.String({ description: 'Id of the command that was refused or came due' }),
  ),
  reason: Type.Optional(Type.String({ description: 'Reason of the refusal' })),
})

const SagaMove = Type.Object({
  eventId: Type.String(),
  type: Type.String({ description: 'Type of the event that records the move' }),
  at: Moment,
  position: Type.String(),
  correlationId: Type.String(),
  input: Input,
  commands: Type.Array(Command),
  ended: Type.Boolean({ description: 'Whether the run is complete, for good or for now' }),
})

const Wait = Type.Object({
  kind: Type.Enum(['timer', 'answer', 'operator'], {
    description:
      'A timer that is set; the answer of a decider to a command; an operator, for a parked run',
  }),
  type: Type.String({ description: 'Type of the command; of a parked run, of the failed event' }),
  commandId: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  since: Moment,
  dueAt: Type.Optional(Moment),
  events: Type.Optional(
    Type.Array(Type.String(), { description: 'Types of events of which each is an answer' }),
  ),
  error: Type.Optional(Type.String({ description: 'Why the run is parked' })),
})

const Detailed = Type.Object({
  ...Saga.properties,
  moves: Type.Array(SagaMove),
  waits: Type.Array(Wait, { description: 'What the run waits for now' }),
})

const Preview = Type.Object({
  saga: Type.String(),
  id: Type.String(),
  commands: Type.Array(
    Type.Object({
      ...Command.properties,
      input: Input,
      again: Type.Boolean({
        description:
          'It is recorded already and may have been sent; if it was, it has no second effect',
      }),
    }),
    {
      description:
        'For the events that are recorded now, in their order. Answers to these commands lead to further ones',
    },
  ),
  events: Type.Integer({ description: 'Number of events that the retry would process' }),
  ended: Type.Boolean({ description: 'Whether the run would be complete' }),
  failure: Type.Optional(
    Type.Object(
      { type: Type.String(), error: Type.String() },
      { description: 'The event at which the retry would fail again' },
    ),
  ),
  isWhole: Type.Boolean({
    description: 'False when there are too many events since; the retry processes all',
  }),
})

const sagaOf = (summary: SagaSummary): Static<typeof Saga> => ({ ...summary })

const moveOf = ({ position, input, commands, ...move }: SagaMoveReport) => ({
  ...move,
  position: String(position),
  input: { ...input },
  commands: commands.map((one) => ({ ...one })),
})

const waitOf = ({ events, ...wait }: SagaWait): Static<typeof Wait> => ({
  ...wait,
  ...(events && { events: [...events] }),
})

const detailedOf = ({ moves, waits, ...summary }: SagaDetails): Static<typeof Detailed> => ({
  ...sagaOf(summary),
  moves: moves.map(moveOf),
  waits: waits.map(waitOf),
})

const previewOf = ({ commands, failure, ...rest }: SagaPreview): Static<typeof Preview> => ({
  ...rest,
  commands: commands.map(({ input, ...one }) => ({ ...one, input: { ...input } })),
  ...(failure && { failure: { ...failure } }),
})

const params = Fields({ id: PathText(300) })

/** Routes for operators: runs of sagas. */
export const sagaRoutes = [
  route({
    method: 'GET',
    url: '/admin/sagas',
    access: 'admin',
    operationId: 'listSagas',
    summary: 'Runs of sagas, latest change first',
    query: PageQuery({ state: Type.Optional(Type.Enum(['running', 'ended', 'parked'])) }),
    data: ListOf('sagas', Saga),
    handle: async ({ query }, { operations }) => {
      const { page = 1, limit = 20, state } = query
      const range = { limit, offset: (page - 1) * limit, ...(state && { state }) }
      const { runs, total } = await operations.sagas(range)
      return { data: { sagas: runs.map(sagaOf), total, page, limit } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/sagas/:id',
    access: 'admin',
    operationId: 'getSaga',
    summary: 'The runs of sagas with one id, move by move, and what they wait for',
    params,
    data: Type.Object({ sagas: Type.Array(Detailed) }),
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      const runs = await operations.saga(id)
      if (runs.length === 0) throw notFound('saga')
      return { data: { sagas: runs.map(detailedOf) } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/sagas/:id/retry',
    access: 'admin',
    operationId: 'previewSagaRetry',
    summary: 'What a retry of a parked saga would send',
    description:
      'The rules of the saga decide the commands for the events that the run has missed. Nothing is written or sent.',
    params,
    data: Type.Object({ previews: Type.Array(Preview) }),
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      const previews = await operations.previewRetry(id)
      if (previews.length === 0) throw notFound('parked saga')
      return { data: { previews: previews.map(previewOf) } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/sagas/:id/retry',
    access: 'admin',
    operationId: 'retrySaga',
    summary: 'Retry a parked saga',
    params,
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      if (!(await operations.retrySaga(id))) throw notFound('parked saga')
      return { data: { id, accepted: true as const } }
    },
  }),
]
