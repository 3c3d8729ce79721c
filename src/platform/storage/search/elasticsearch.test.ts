import { Type, type Static } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, projection, type AnyProjection, type Projection } from '#kernel'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../../../test/support/elasticsearch.ts'
import {
  openElasticsearch,
  type ElasticsearchConnection,
} from '../../engines/elasticsearch/connection.ts'
import { documentConformance } from '../documents/conformance.ts'
import { guardedWritingConformance } from '../documents/conformance-guarded.ts'
import { memoryDocuments } from '../documents/memory.ts'
import { routedDocuments } from '../documents/routed.ts'
import { Unavailable } from '../../unavailable.ts'
import { searchConformance } from './conformance.ts'
import { elasticsearchEngine } from './elasticsearch.ts'

/** Stores of several processes, over one server. */
const stores = async () => {
  const { url, drop } = freshIndices()
  const home = memoryDocuments()
  const connections = new Set<ElasticsearchConnection>()
  return {
    declared: 'elasticsearch' as const,
    isTransactional: false,
    open: async () => {
      const connection = openElasticsearch(url)
      connections.add(connection)
      const engine = elasticsearchEngine(connection)
      return routedDocuments(home, { elasticsearch: { engine, isCurrent: true } })
    },
    close: async () => {
      await Promise.all([...connections].map((connection) => connection.close()))
      await drop()
    },
  }
}

searchConformance(`Elasticsearch${needsElasticsearch}`, stores, { isSkipped: !hasElasticsearch })

documentConformance(`Elasticsearch${needsElasticsearch}`, stores, {
  isSkipped: !hasElasticsearch,
  isQueried: false,
})

guardedWritingConformance(
  `Elasticsearch${needsElasticsearch}`,
  async () => {
    const { url, drop } = freshIndices()
    const connection = openElasticsearch(url)
    const engine = elasticsearchEngine(connection)
    return {
      declared: 'elasticsearch',
      engine,
      store: routedDocuments(memoryDocuments(), { elasticsearch: { engine, isCurrent: true } }),
      close: async () => {
        await connection.close()
        await drop()
      },
    }
  },
  { isSkipped: !hasElasticsearch },
)

/** An engine over indices of its own. */
const fresh = (options: Parameters<typeof openElasticsearch>[1] = {}) => {
  const { url, drop } = freshIndices()
  const connection = openElasticsearch(url, options)
  const engine = elasticsearchEngine(connection)
  const { prefix } = connection
  const home = memoryDocuments()
  return {
    home,
    connection,
    engine,
    prefix,
    store: routedDocuments(home, { elasticsearch: { engine, isCurrent: true } }),
    [Symbol.asyncDispose]: async () => {
      await connection.close()
      await drop()
    },
  }
}

const Note = Fields({ id: Type.String(), text: Type.String(), at: Type.Optional(Type.Number()) })
type Note = Static<typeof Note>
const notesModel = (more: Partial<AnyProjection> = {}): Projection<Note> => ({
  ...projection({
    name: 'notes',
    store: 'elasticsearch',
    document: Note,
    from: [],
    key: () => undefined,
    search: { fields: ['text'], newest: 'at', facets: { at: { field: 'at' } } },
  }).rules({}),
  ...more,
})
describe.skipIf(!hasElasticsearch)(`indices of Elasticsearch${needsElasticsearch}`, () => {
  test('have the alias of the read model where they are of the live generation, also after a failure', async () => {
    await using here = fresh()
    const { home, store, engine, connection, prefix } = here
    const model = notesModel()
    const pointed = () =>
      connection.run(async (client) =>
        Object.keys(await client.indices.getAlias({ name: `${prefix}notes` }, { ignore: [404] })),
      )
    const first = await store.begin(model)
    await store.publish(first)
    expect(await pointed()).toEqual([`${prefix}notes_g1`])
    const published = () => Promise.reject(new Unavailable('Elasticsearch does not answer'))
    const failing = routedDocuments(home, {
      elasticsearch: { engine: { ...engine, published }, isCurrent: true },
    })
    const second = await failing.begin(model)
    await failing.publish(second)
    expect(await pointed()).toEqual([`${prefix}notes_g1`])
    expect((await store.live(model))?.generation).toBe(2)
    await store.create(second)
    expect(await pointed()).toEqual([`${prefix}notes_g2`])
  })

  test('have a prefix where the URL has one, and are those of a read model and its generation', async () => {
    await using here = fresh()
    const { store, connection, prefix } = here
    await store.begin(notesModel())
    const names = await connection.run(async (client) =>
      Object.keys(await client.indices.get({ index: `${prefix}*` })),
    )
    expect(names).toEqual([`${prefix}notes_g1`])
    expect(prefix).not.toBe('')
  })
})
