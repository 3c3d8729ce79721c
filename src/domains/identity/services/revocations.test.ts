import { describe, expect, test } from 'vitest'
import { catalogue, derivedId, isRefusal, streamOf } from '#kernel'
import { recorded } from '#kernel/testing'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { deciders } from '../../index.ts'
import { account, session } from '../language.ts'
import { SessionId, UserId } from '../../shared/index.ts'
import type { Slice } from '../../../platform/storage/event-log/port.ts'
import { executor } from '../../../runtime/execute.ts'
import { openFeed } from '../../../runtime/feed.ts'
import { memorySnapshots } from '../../../platform/storage/snapshots/memory.ts'
import { followRevocations } from './revocations.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }

/** Another process with the same log and the same keys. */
const besides = async ({ log, deps }: HttpWorld): Promise<HttpWorld> =>
  identityWorld({
    log,
    keys: deps.keys,
    feed: await openFeed(log),
    executor: executor({ log, snapshots: memorySnapshots(), catalogue: catalogue(deciders) }),
  })

const asks = async ({ anyone }: HttpWorld, token: string): Promise<string> => {
  const headers = { authorization: `Bearer ${token}` }
  const { status, body } = await anyone('GET', '/users/me', undefined, headers)
  return `${status} ${body.code ?? 'ok'}`
}

const signedIn = async ({ anyone }: HttpWorld, path = '/auth/register') => {
  const { email, password } = ada
  const { body } = await anyone('POST', path, path.endsWith('login') ? { email, password } : ada)
  return { id: body.data.userId as UserId, token: body.tokens.accessToken as string }
}

describe('a session that ends in one process', () => {
  test('ends in another one as well, which had the token in its cache', async () => {
    await using here = await identityWorld()
    await using there = await besides(here)
    const { token } = await signedIn(here)
    expect(await asks(there, token)).toBe('200 ok')
    await here.anyone('POST', '/auth/logout', undefined, { authorization: `Bearer ${token}` })
    await expect.poll(() => asks(there, token), { interval: 5 }).toBe('401 session_ended')
  })

  test('is known to have ended by a process that starts later', async () => {
    await using here = await identityWorld()
    const { token } = await signedIn(here)
    const headers = { authorization: `Bearer ${token}` }
    await here.anyone('POST', '/auth/logout', undefined, headers)
    await using there = await besides(here)
    expect(await asks(there, token)).toBe('401 session_ended')
  })

  test.each([
    ['AccountSuspended', { type: 'SuspendAccount', data: { reason: 'spam' } }, 'session_ended'],
    ['AccountClosed', { type: 'CloseAccount', data: { reason: 'spam' } }, 'session_ended'],
    ['a new password', { type: 'SetPassword', data: { passwordHash: 'x' } }, 'session_ended'],
    ['a role less', { type: 'RevokeRole', data: { role: 'buyer' } }, 'token_expired'],
  ] as const)('by %s is over everywhere, also where it is first seen after', async (...row) => {
    const [, command, code] = row
    await using here = await identityWorld()
    await using there = await besides(here)
    const { id, token } = await signedIn(here)
    expect(await asks(there, token)).toBe('200 ok')
    const origin = { commandId: id, actorId: 'admin', correlationId: id }
    expect(isRefusal(await here.deps.executor.execute(account, id, command, origin))).toBe(false)
    for (const world of [here, there])
      await expect.poll(() => asks(world, token), { interval: 5 }).toBe(`401 ${code}`)
    await using later = await besides(here)
    expect(await asks(later, token)).toBe(`401 ${code}`)
  })

  test('does not end sessions that are opened later', async () => {
    await using here = await identityWorld()
    await using there = await besides(here)
    const { id, token } = await signedIn(here)
    for (const [type, then] of [
      ['RevokeRole', '401 token_expired'],
      ['GrantRole', '200 ok'],
    ] as const) {
      const origin = { commandId: derivedId(UserId, type), actorId: 'admin', correlationId: id }
      const command = { type, data: { role: 'buyer' } } as const
      await here.deps.executor.execute(account, id, command, origin)
      await expect.poll(() => asks(there, token)).toBe(then)
      // At once, in the same second, and where the account was known with other roles before.
      const fresh = await signedIn(here, '/auth/login')
      expect(await asks(there, fresh.token), type).toBe('200 ok')
    }
  })
})

test('a granted role leaves current tokens valid in every process; the next token has it', async () => {
  await using here = await identityWorld()
  await using there = await besides(here)
  const { id, token } = await signedIn(here)
  expect(await asks(there, token)).toBe('200 ok')
  const origin = { commandId: id, actorId: 'admin', correlationId: id }
  const command = { type: 'GrantRole', data: { role: 'analyst' } } as const
  const answer = await here.deps.executor.execute(account, id, command, origin)
  expect(isRefusal(answer)).toBe(false)
  // Later events in the log are followed later.
  const other = await here.someone('bob')
  await here.anyone('POST', '/auth/logout', undefined, { authorization: `Bearer ${other.token}` })
  await expect.poll(() => asks(there, other.token), { interval: 5 }).toBe('401 session_ended')
  await using later = await besides(here)
  for (const world of [here, there, later]) {
    expect(await asks(world, token)).toBe('200 ok')
    const mayRead = async (of: string) => {
      const headers = { authorization: `Bearer ${of}` }
      return (await world.anyone('GET', '/analytics/streams', undefined, headers)).status
    }
    expect(await mayRead(token)).toBe(403)
    expect(await mayRead((await signedIn(here, '/auth/login')).token)).toBe(200)
  }
})

test('revocations are stored for the lifetime of a token, and failures are retried', async () => {
  const id = derivedId(SessionId, 'here')
  const userId = derivedId(UserId, 'ada')
  const caller = { id: userId, roles: [], sessionId: id, era: 0, expiresAt: 0 }
  const revoked = recorded(streamOf(session, id), {
    type: 'SessionRevoked',
    data: { userId, reason: 'lost' },
  })
  const slices: (Slice | Error)[] = [
    new Error('The log is away'),
    { events: [revoked], position: 1n, caughtUp: true },
  ]
  const asked: bigint[] = []
  const errors: unknown[] = []
  const heard: UserId[] = []
  const revocations = followRevocations({
    feed: {
      head: () => 0n,
      next: (after, { signal }) => {
        asked.push(after)
        const next = slices.shift()
        if (next instanceof Error) return Promise.reject(next)
        if (next) return Promise.resolve(next)
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    },
    ttl: 900,
    onError: (error) => void errors.push(error),
  })
  const end = revocations.onChange((user) => void heard.push(user))
  expect(revocations.problemWith(caller)).toBeUndefined()
  await expect.poll(() => revocations.problemWith(caller)?.code).toBe('session_ended')
  end()
  await revocations.close()
  expect(errors).toHaveLength(1)
  expect(heard).toEqual([userId])
  expect(asked).toEqual([0n, 0n, 1n])
})

test('a listener that fails holds up no later revocation, nor the other listeners', async () => {
  const revoked = ['first', 'second'].map((name) =>
    recorded(streamOf(session, derivedId(SessionId, name)), {
      type: 'SessionRevoked',
      data: { userId: derivedId(UserId, name), reason: 'lost' },
    }),
  )
  const slices: Slice[] = revoked.map((event, at) => ({
    events: [event],
    position: BigInt(at + 1),
    caughtUp: true,
  }))
  const errors: unknown[] = []
  const heard: UserId[] = []
  const revocations = followRevocations({
    feed: {
      head: () => 0n,
      next: async (after, { signal }) =>
        slices[Number(after)] ??
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    },
    ttl: 900,
    onError: (error) => void errors.push(error),
  })
  revocations.onChange(() => {
    throw new Error('a flaw')
  })
  revocations.onChange((user) => void heard.push(user))
  const users = ['first', 'second'].map((name) => derivedId(UserId, name))
  await expect.poll(() => heard).toEqual(users)
  expect(errors.map(String)).toEqual(['Error: a flaw', 'Error: a flaw'])
  await revocations.close()
})
