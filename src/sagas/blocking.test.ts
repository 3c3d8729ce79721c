import { expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { block, blockIdOf, follow, followIdOf } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { blocking } from './blocking.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const happened = (type: string) =>
  recorded(streamOf(block, blockIdOf(ada, eve)), {
    type,
    data: { blockerId: ada, blockedId: eve },
  })

test('every block ends the follows in both directions', () => {
  const ends = [
    send(follow, followIdOf(ada, eve), 'UnfollowUser', { followerId: ada, followeeId: eve }),
    send(follow, followIdOf(eve, ada), 'UnfollowUser', { followerId: eve, followeeId: ada }),
  ]
  expect(reacting(blocking).given().on(happened('UserBlocked')).steps).toEqual(ends)
  const again = reacting(blocking).given(happened('UserBlocked')).on(happened('UserBlocked'))
  expect(again.steps).toEqual(ends)
})
