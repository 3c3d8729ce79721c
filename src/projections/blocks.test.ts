import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { block, blockIdOf } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { blocks } from './blocks.ts'

const data = { blockerId: derivedId(UserId, 'ada'), blockedId: derivedId(UserId, 'eve') }
const id = blockIdOf(data.blockerId, data.blockedId)
const at = '2030-01-07T08:00:00.000Z'
const happened = (type: string) => recorded(streamOf(block, id), { type, data }, { at })

test('a block has a document until it ends', () => {
  const [blocked, unblocked] = [happened('UserBlocked'), happened('UserUnblocked')]
  expect(folding(blocks, blocked).into(id)).toEqual({ id, ...data, at })
  expect(folding(blocks, blocked, unblocked).into(id)).toBeUndefined()
})
