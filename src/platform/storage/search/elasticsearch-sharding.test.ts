import { expect, test } from 'vitest'
import { shardsOf } from './elasticsearch-sharding.ts'

test('an index has one shard and a replica where there is a second node, unless set', () => {
  expect(shardsOf({})).toEqual({ number_of_shards: 1, auto_expand_replicas: '0-1' })
  expect(shardsOf({ shards: 4 })).toEqual({ number_of_shards: 4, auto_expand_replicas: '0-1' })
  expect(shardsOf({ shards: 4, replicas: 0 })).toEqual({
    number_of_shards: 4,
    number_of_replicas: 0,
  })
})
