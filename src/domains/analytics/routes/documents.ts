import { Type, type Static } from 'typebox'
import {
  Fields,
  foldWithProvenance,
  type AnyProjection,
  type Provenance,
  type RecordedEvent,
} from '#kernel'
import { projections } from '../../../projections/index.ts'
import { PathText } from '../../../serving/path-text.ts'
import { notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { analystLog } from '../services/analyst-log.ts'
import { documentBounds, documentEvents } from '../services/document-events.ts'
import { notFoldable } from '../services/masked-fold.ts'
import { numbered, Position } from './events.ts'

const ModelName = Type.String({ description: 'Name of a read model' })

const SourceEvent = Type.Object({
  eventId: Type.String(),
  type: Type.String(),
  stream: Type.String(),
  revision: Type.Integer(),
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
})

const Why = Type.Object({
  model: ModelName,
  key: Type.String(),
  exists: Type.Boolean({ description: 'Whether the events yield a document; they may remove it' }),
  document: Type.Unknown({ description: 'The document; null where there is none' }),
  events: Type.Array(SourceEvent, {
    description: 'The events that concern the document, in the order of the log',
  }),
  fields: Type.Array(
    Type.Object({
      path: Type.String({
        description: 'JSON pointer (RFC 6901); empty for the whole document',
      }),
      changedBy: Type.Array(Type.Integer({ minimum: 0 }), {
        description:
          'Indexes of the `events` that changed the field, oldest first: its value is from the last one',
      }),
    }),
    { description: 'All fields of the document, nested ones too' },
  ),
})

const sourceOf = ({
  eventId,
  type,
  stream,
  revision,
  position,
  at,
}: RecordedEvent): Static<typeof SourceEvent> => ({
  eventId,
  type,
  stream,
  revision,
  position: String(position),
  at,
})

/** Models whose documents follow from their own events alone; in others, an event replaces documents that it does not name. */
const models = projections.filter((one: AnyProjection) => one.fanOut === undefined)

const modelOf = (name: string): AnyProjection => {
  const model = models.find((one: AnyProjection) => one.name === name)
  if (!model) throw notFound('read model', 'model')
  return model
}

/** Folds events one by one. @throws Problem 409 `not_foldable`, naming the event that the rules refuse */
const foldedFrom = (
  model: AnyProjection,
  events: readonly RecordedEvent[],
  key: string,
): Provenance => {
  let last: RecordedEvent | undefined
  const evolve: AnyProjection['evolve'] = (document, event, one) => {
    last = event
    return model.evolve(document, event, one)
  }
  try {
    return foldWithProvenance({ evolve }, events, key)
  } catch (error) {
    throw last ? notFoldable(last, 'request an earlier position with `at`', error) : error
  }
}

/** Routes of the documents of read models, folded from the log, for analysts. */
export const documentRoutes = [
  route({
    method: 'GET',
    url: '/analytics/documents',
    access: 'analyst',
    operationId: 'listDocumentModels',
    summary: 'The read models whose documents can be explained',
    data: Type.Object({
      models: Type.Array(
        Type.Object({
          name: ModelName,
          types: Type.Array(Type.String(), { description: 'Types of the events that it folds' }),
        }),
      ),
    }),
    handle: async () => ({
      data: {
        models: models
          .map(({ name, reads }: AnyProjection) => ({ name, types: [...reads] }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      },
    }),
  }),

  route({
    method: 'GET',
    url: '/analytics/documents/:model/:key/why',
    access: 'analyst',
    operationId: 'explainDocument',
    summary: 'A document of a read model, and which events its fields have their values from',
    description: `The document is folded from the log by the rules of the read model, from events with masked secret and personal fields: it is what the log yields, whatever the store has. At most ${documentBounds.events} events of the document are folded, and ${documentBounds.searched} events searched for them.`,
    params: Fields({
      model: PathText(63, { description: 'Name of a read model' }),
      key: PathText(300, { description: 'Key of the document; mostly the id of its stream' }),
    }),
    query: Fields({
      at: Position('The last position that is folded. Default: the head of the log'),
    }),
    data: Why,
    problems: [404, 409],
    handle: async ({ params: { model: name, key }, query: { at } }, ports) => {
      const model = modelOf(name)
      const log = analystLog(ports)
      const head = await log.head()
      const asked = numbered(at)
      const to = asked !== undefined && asked < head ? asked : head
      const events = await documentEvents(model, key, to, { log, catalogue: ports.catalogue })
      if (events.length === 0) throw notFound('document', 'key')
      const { document, fields } = foldedFrom(model, events, key)
      return {
        data: {
          model: name,
          key,
          exists: document !== undefined,
          document: document ?? null,
          events: events.map(sourceOf),
          fields: fields.map(({ path, changedBy }) => ({ path, changedBy: [...changedBy] })),
        },
        position: to,
      }
    },
  }),
]
