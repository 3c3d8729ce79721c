import { test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { block } from './block.ts'

const data = { blockerId: derivedId(UserId, 'ada'), blockedId: derivedId(UserId, 'eve') }
const blocked = { type: 'UserBlocked' as const, data }
const unblocked = { type: 'UserUnblocked' as const, data }

test('a user is blocked once, and once more after the end of a block', () => {
  given(block).when({ type: 'BlockUser', data }).yields(blocked)
  given(block, blocked).when({ type: 'BlockUser', data }).yields()
  given(block, blocked, unblocked).when({ type: 'BlockUser', data }).yields(blocked)
})

test('only a block can end', () => {
  given(block, blocked).when({ type: 'UnblockUser', data }).yields(unblocked)
  given(block).when({ type: 'UnblockUser', data }).yields()
})

test('nobody blocks themselves', () =>
  given(block)
    .when({ type: 'BlockUser', data: { ...data, blockedId: data.blockerId } })
    .refuses('BlocksThemselves'))
