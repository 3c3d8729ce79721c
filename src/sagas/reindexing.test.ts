import { expect, test } from 'vitest'
import { streamOf } from '#kernel'
import { newId, reacting, recorded } from '#kernel/testing'
import { notification } from '../domains/notifications/language.ts'
import { searchIndex, searchIndexIdOf } from '../domains/search/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { reindexing } from './reindexing.ts'

const requestedBy = newId(UserId)
const rebuilt = (more: object) =>
  recorded(streamOf(searchIndex, searchIndexIdOf('products')), {
    type: 'SearchIndexRebuilt',
    data: { type: 'products', requestedBy, generation: 2, version: 1, ...more },
  })

test.each([
  [
    { documents: 8, comparison: { same: 5, different: 1, onlyOld: 3, onlyNew: 2 } },
    'Generation 2 answers now. Compared with the one before: 5 documents the same, 1 different, 2 new, 3 gone.',
  ],
  [{}, 'Generation 2 answers now. There was no index to compare it with.'],
])('a rebuilt index is announced to the admin who requested it: %j', (more, text) => {
  const { steps, ended } = reacting(reindexing).given().on(rebuilt(more))
  expect(ended).toBe(true)
  expect(steps).toMatchObject([
    {
      to: notification.name,
      command: {
        type: 'RequestNotification',
        data: {
          userId: requestedBy,
          channel: 'in_app',
          type: 'search_index_rebuilt',
          subject: 'The search index of products is rebuilt',
          text,
        },
      },
    },
  ])
})

test('each rebuild of an index has a run of its own', () => {
  const keys = [2, 3].map((generation) => reindexing.keyOf(rebuilt({ generation })))
  expect(new Set(keys).size).toBe(2)
})
