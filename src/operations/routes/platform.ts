import { Type, type Static } from 'typebox'
import { Fields, stores } from '#kernel'
import type { DeadLetter, ProjectionStatus, SagaSummary } from '../../runtime/operations.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { PathText } from '../../serving/path-text.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Projection = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  generation: Type.Integer(),
  store: Type.Enum([...stores], { description: 'Where the documents of the live generation are' }),
  declaredStore: Type.Optional(
    Type.Enum([...stores], {
      description: 'The store that the projection declares, where it is not configured',
    }),
  ),
  status: Type.Enum(['live', 'paused', 'building', 'elsewhere']),
  position: Type.String(),
  head: Type.String(),
  lagEvents: Type.Integer(),
  lagSeconds: Type.Number(),
  parked: Type.Integer({ description: 'Documents that wait for a person' }),
  rebuild: Type.Optional(
    Type.Object({
      progress: Type.Integer({ description: 'Events folded so far' }),
      total: Type.Integer(),
      etaSeconds: Type.Optional(Type.Number()),
    }),
  ),
  comparison: Type.Optional(
    Type.Object(
      {
        same: Type.Integer(),
        different: Type.Integer(),
        onlyOld: Type.Integer(),
        onlyNew: Type.Integer(),
      },
      { description: 'How the documents differed from those before the last rebuild, by count' },
    ),
  ),
})

const Saga = Type.Object({
  saga: Type.String(),
  id: Type.String(),
  state: Type.Enum(['running', 'ended', 'parked']),
  startedAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  steps: Type.Integer(),
})

const Letter = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['projection', 'saga', 'job']),
  name: Type.String(),
  key: Type.String(),
  position: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  error: Type.String(),
  attempts: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
})

const projectionOf = ({
  position,
  head,
  rebuild,
  comparison,
  ...status
}: ProjectionStatus): Static<typeof Projection> => ({
  ...status,
  position: String(position),
  head: String(head),
  ...(rebuild && { rebuild: { ...rebuild } }),
  ...(comparison && { comparison: { ...comparison } }),
})

const sagaOf = (summary: SagaSummary): Static<typeof Saga> => ({ ...summary })

const letterOf = ({ position, ...letter }: DeadLetter): Static<typeof Letter> => ({
  ...letter,
  ...(position !== undefined && { position: String(position) }),
})

/** The name of a read model. */
const Name = Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 63 })

/** Something that an operator has, or knows from a list. */
const Key = PathText(300)

/** Commands to the runner of a read model. */
const verbs = [
  ['rebuild', 'Build a read model anew beside the old one, then switch'],
  ['pause', 'Let a read model rest'],
  ['resume', 'Let a read model go on'],
] as const

const steering = verbs.map(([verb, summary]) =>
  route({
    method: 'POST',
    url: `/admin/projections/:name/${verb}`,
    access: 'admin',
    operationId: `${verb}Projection`,
    summary,
    params: Fields({ name: Name }),
    data: Type.Object({ name: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { name } }, { operations }) => {
      if (!(await operations[verb](name))) throw notFound('read model')
      return { data: { name, accepted: true as const } }
    },
  }),
)

/** For operators: read models, sagas, dead letters. */
export const platformRoutes = [
  route({
    method: 'GET',
    url: '/admin/projections',
    access: 'admin',
    operationId: 'listProjections',
    summary: 'How the read models are doing',
    query: PageQuery({}),
    data: ListOf('projections', Projection),
    handle: async ({ query }, { operations }) => {
      const { entries, info } = pageOf(query, await operations.projections())
      return { data: { projections: entries.map(projectionOf), ...info } }
    },
  }),

  ...steering,

  route({
    method: 'GET',
    url: '/admin/sagas',
    access: 'admin',
    operationId: 'listSagas',
    summary: 'Runs of sagas, the latest change first',
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
    summary: 'The runs of sagas that are about one thing',
    params: Fields({ id: Key }),
    data: Type.Object({ sagas: Type.Array(Saga) }),
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      const runs = await operations.saga(id)
      if (runs.length === 0) throw notFound('saga')
      return { data: { sagas: runs.map(sagaOf) } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/sagas/:id/retry',
    access: 'admin',
    operationId: 'retrySaga',
    summary: 'Let a parked saga go on',
    params: Fields({ id: Key }),
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      if (!(await operations.retrySaga(id))) throw notFound('parked saga')
      return { data: { id, accepted: true as const } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/dead-letters',
    access: 'admin',
    operationId: 'listDeadLetters',
    summary: 'What failed and waits for a person',
    query: PageQuery({}),
    data: ListOf('deadLetters', Letter),
    handle: async ({ query }, { operations }) => {
      const { entries, info } = pageOf(query, await operations.deadLetters())
      return { data: { deadLetters: entries.map(letterOf), ...info } }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/dead-letters/:id/retry',
    access: 'admin',
    operationId: 'retryDeadLetter',
    summary: 'Try again what had failed',
    params: Fields({ id: Key }),
    data: Type.Object({ id: Type.String(), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id } }, { operations }) => {
      if (!(await operations.retryDeadLetter(id))) throw notFound('dead letter')
      return { data: { id, accepted: true as const } }
    },
  }),
]
