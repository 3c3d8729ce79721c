import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../test/support/elasticsearch.ts'
import { freshDatabase } from '../../test/support/postgres.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { BadConfig } from '../config.ts'
import { openDocuments } from './documents.ts'

const Note = Fields({ id: Type.String(), text: Type.String() })
const model = projection({
  name: 'notes',
  store: 'elasticsearch',
  within: 60_000,
  document: Note,
  from: [],
  key: () => undefined,
  search: { fields: ['text'], newest: 'id' },
}).rules({})

test('a store that is away is named by its ping, and its read models alone are unavailable', async () => {
  await using fresh = await freshDatabase()
  await using parts = new AsyncDisposableStack()
  const changes: unknown[] = []
  const { documents, probes } = await openDocuments(
    // Port 1: nothing listens there.
    { elasticsearchUrl: 'http://127.0.0.1:1' },
    { database: fresh.database, onChange: (...change) => changes.push(change.slice(0, 2)), parts },
  )
  expect(Object.keys(probes)).toEqual(['elasticsearch'])
  await expect(probes.elasticsearch!()).rejects.toThrow(Unavailable)
  await expect(documents.begin(model)).rejects.toThrow(Unavailable)
  const here = await documents.begin(model, 'postgres')
  await documents.publish(here)
  expect(await documents.get(model, 'a')).toBeUndefined()
  expect(changes).toEqual([['Elasticsearch', false]])
})

describe.skipIf(!hasElasticsearch)(`with Elasticsearch${needsElasticsearch}`, () => {
  test('read models that declare it move there, and are read there after its URL is given as the previous one', async () => {
    await using fresh = await freshDatabase()
    await using parts = new AsyncDisposableStack()
    const { url, drop } = freshIndices()
    parts.defer(drop)
    const open = (urls: { elasticsearchUrl?: string; elasticsearchUrlBefore?: string }) =>
      openDocuments(urls, { database: fresh.database, onChange: () => undefined, parts })
    const { documents, probes } = await open({ elasticsearchUrl: url })
    await probes.elasticsearch!()
    const generation = await documents.begin(model)
    const upserts = new Map([['a', { id: 'a', text: 'Vase' }]])
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    await documents.publish(generation)
    const before = await open({ elasticsearchUrlBefore: url })
    expect([
      documents.storeFor(model),
      generation.store,
      before.documents.storeFor(model),
      (await before.documents.search(model, { q: 'vase' }, { isFresh: true })).total,
    ]).toEqual(['elasticsearch', 'elasticsearch', 'postgres', 1])
  })
})

test.each([
  ['MONGO_URL', { mongoUrl: 'mongodb://ann:5ecret@host:port/shop' }],
  ['MONGO_URL_BEFORE', { mongoUrlBefore: 'mongodb://ann:5ecret@host/shop?unknown=1' }],
])('an invalid %s is explained, without its password', async (variable, urls) => {
  await using parts = new AsyncDisposableStack()
  const opened = openDocuments(urls, {
    database: undefined as never,
    onChange: () => undefined,
    parts,
  })
  await expect(opened).rejects.toThrow(BadConfig)
  await expect(opened).rejects.toThrow(`The environment is invalid: ${variable}.`)
  await expect(opened).rejects.not.toThrow('5ecret')
})
