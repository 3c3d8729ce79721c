import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import { memoryDocuments } from '../../storage/documents/memory.ts'
import { memoryEngine } from '../../storage/documents/memory-engine.ts'
import { routedDocuments } from '../../storage/documents/routed.ts'
import { inReadModels } from './read-models.ts'

const ada = { person: 'p-1', addresses: ['ada@example.org'], texts: ['Ada'] }
const notes = projection({
  name: 'notes',
  store: 'mongo',
  within: 60_000,
  document: Fields({ id: Type.String(), text: Type.String() }),
  from: [],
  key: () => undefined,
}).rules({})

test('documents with data of the person are counted in every generation of other stores', async () => {
  const home = memoryDocuments()
  const engine = memoryEngine()
  const documents = routedDocuments(home, { mongo: { engine, isCurrent: true } })
  const fill = async (texts: readonly string[]) => {
    const generation = await documents.begin(notes)
    const upserts = new Map(texts.map((text, nth) => [`n${nth}`, { id: `n${nth}`, text }]))
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    return generation
  }
  await fill(['ADA@example.org', 'p-1 is Ada', 'Ada', 'p-1'])
  const others = Array.from({ length: 1_500 }, (_, nth) => `nothing ${nth}`)
  await fill([...others, 'p-1 is Ada'])
  const lost = await fill(['ada@example.org'])
  await documents.begin({ ...notes, name: 'here', store: 'postgres' })
  await engine.drop(lost)
  const models = [notes, { ...notes, name: 'here' }]
  expect(await inReadModels(documents, models)(ada)).toEqual([
    { place: 'mongo notes_g1', found: 2, removed: 0 },
    { place: 'mongo notes_g2', found: 1, removed: 0 },
    expect.objectContaining({ place: 'mongo notes_g3', found: 0, note: expect.any(String) }),
  ])
  const without = await inReadModels(routedDocuments(home, {}), models)(ada)
  expect(without.map(({ note }) => note !== undefined)).toEqual([true, true, true])
})
