import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { identityWorld } from '../../../../test/support/http.ts'
import { account, email, emailIdOf, type RequestId } from '../language.ts'
import type { SessionId, UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { changeEmail, requestEmailChange } from './email-changes.ts'

const wanted = 'countess@example.org'
const origin = () => ({ commandId: randomUUID(), actorId: 'ada', correlationId: randomUUID() })

/** A user with a requested change of the address. */
const wishing = async () => {
  const world = await identityWorld()
  const { id } = await world.someone('ada')
  const { executor } = world.deps
  const userId = id as UserId
  const sessionId = randomUUID() as SessionId
  await requestEmailChange(executor, { id: userId, sessionId }, wanted, origin(), world.deps.clock)
  const { state } = await executor.stateOf(account, userId)
  const { requestId } = (state as { emailChange: { requestId: RequestId } }).emailChange
  /** An executor that runs an action just before the account changes. */
  const justBefore = (happens: () => Promise<unknown>): Executor => ({
    ...executor,
    execute: async (...asked) => {
      if (asked[2].type === 'ChangeEmail') await happens()
      return executor.execute(...asked)
    },
  })
  const owner = async () => (await executor.stateOf(email, emailIdOf(wanted))).state.status
  return { world, executor, userId, requestId, justBefore, owner }
}

test('a link that is followed twice at once changes the address once, and the address stays confirmed', async () => {
  const { world, executor, userId, requestId, justBefore, owner } = await wishing()
  const slow = justBefore(() => changeEmail(executor, userId, requestId, origin()))
  await expect(changeEmail(slow, userId, requestId, origin())).rejects.toMatchObject({
    code: 'link_expired',
  })
  expect(await owner()).toBe('confirmed')
  expect((await executor.stateOf(account, userId)).state).toMatchObject({ email: wanted })
  await world[Symbol.asyncDispose]()
})

test('an address whose change expires at the last moment is released', async () => {
  const { world, executor, userId, requestId, justBefore, owner } = await wishing()
  const late = justBefore(() =>
    executor.execute(account, userId, { type: 'ExpireEmailChange', data: { requestId } }, origin()),
  )
  await expect(changeEmail(late, userId, requestId, origin())).rejects.toMatchObject({
    code: 'link_expired',
  })
  expect(await owner()).toBe('free')
  await world[Symbol.asyncDispose]()
})
