import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { accounts } from '../../../projections/index.ts'

const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

const people = async (world: HttpWorld) => ({
  root: await world.someone('root', 'admin'),
  ann: await world.someone('ann', 'analyst'),
  bob: await world.someone('bob'),
})

const namesIn = ({ body }: Reply): string[] =>
  body.data.users.map(({ username }: { username: string }) => username)

describe('an admin', () => {
  test('filters users by status, role and part of a name, without secrets', async () => {
    await using world = await identityWorld()
    const { root, bob } = await people(world)
    await root.call('PATCH', `/admin/users/${bob.id}`, { suspended: true })
    const list = async (query: string) =>
      root.call('GET', `/admin/users?sort=username&minPosition=${await world.log.head()}&${query}`)
    expect(namesIn(await list(''))).toEqual(['ann', 'bob', 'root-of-tests'])
    expect(namesIn(await list('role=analyst'))).toEqual(['ann'])
    expect(namesIn(await list('role=buyer&status=ACTIVE'))).toEqual(['ann', 'root-of-tests'])
    expect(namesIn(await list('status=SUSPENDED'))).toEqual(['bob'])
    expect(namesIn(await list('q=OO'))).toEqual(['root-of-tests'])
    expect(namesIn(await list('q=example.org&limit=1&page=2'))).toEqual(['bob'])
    const { body, text } = await list('')
    expect(body.data).toMatchObject({ total: 3, page: 1, limit: 20 })
    expect(text).not.toMatch(/hash/i)
    expect(code(await list('role=king'))).toBe('400 invalid_request')

    const one = await root.call('GET', `/admin/users/${bob.id}`)
    expect(one.body.data).toMatchObject({ id: bob.id, username: 'bob', status: 'SUSPENDED' })
    expect(one.text).not.toMatch(/hash/i)
    expect(code(await root.call('GET', `/admin/users/${randomUUID()}`))).toBe('404 not_found')
  })

  test('grants and revokes roles; a token with a revoked one is refused until it is refreshed', async () => {
    await using world = await identityWorld()
    const { root, bob } = await people(world)
    const signedIn = await world.anyone('POST', '/auth/login', {
      email: 'bob@example.org',
      password: 'a long password',
    })
    const changed = await root.call('PATCH', `/admin/users/${bob.id}`, {
      roles: ['seller', 'analyst'],
    })
    expect(changed.body.data).toMatchObject({ id: bob.id, status: 'ACTIVE' })
    expect(changed.body.data.roles.toSorted()).toEqual(['analyst', 'seller'])
    // Bob is no longer a buyer.
    await expect
      .poll(async () => code(await bob.call('GET', '/analytics/streams')))
      .toBe('401 token_expired')
    const { refreshToken } = signedIn.body.tokens
    const refreshed = await world.anyone('POST', '/auth/refresh', { refreshToken })
    const headers = { authorization: `Bearer ${refreshed.body.tokens.accessToken}` }
    expect((await world.anyone('GET', '/analytics/streams', undefined, headers)).status).toBe(200)
  })

  test('suspends a user, whose sessions end at once, until the account is resumed', async () => {
    await using world = await identityWorld()
    const { root, bob } = await people(world)
    const login = async (password = 'a long password') =>
      world.anyone('POST', '/auth/login', { email: 'bob@example.org', password })
    const suspended = await root.call('PATCH', `/admin/users/${bob.id}`, {
      suspended: true,
      reason: 'spam',
    })
    expect(suspended.body.data.status).toBe('SUSPENDED')
    await expect
      .poll(async () => code(await bob.call('GET', '/users/me')))
      .toBe('401 session_ended')
    expect(code(await login())).toBe('403 account_suspended')
    // Only a request with the password shows it.
    expect(code(await login('wrong'))).toBe('401 invalid_credentials')
    await root.call('PATCH', `/admin/users/${bob.id}`, { suspended: false })
    expect(code(await bob.call('GET', '/users/me'))).toBe('401 session_ended')
    const again = await login()
    expect(code(again)).toBe('200 ok')
    const headers = { authorization: `Bearer ${again.body.tokens.accessToken}` }
    expect((await world.anyone('GET', '/users/me', undefined, headers)).status).toBe(200)
  })

  test('cannot revoke the own role or suspend themselves, so that one always remains', async () => {
    await using world = await identityWorld()
    const { root } = await people(world)
    const path = `/admin/users/${root.id}`
    const roles = await root.call('PATCH', path, { roles: ['buyer'] })
    expect(code(roles)).toBe('409 own_admin_role')
    expect(roles.body.errors[0].field).toBe('roles')
    expect(code(await root.call('PATCH', path, { suspended: true }))).toBe('409 own_suspension')
    expect((await root.call('PATCH', path, { roles: ['admin'] })).body.data.roles).toEqual([
      'admin',
    ])
  })

  test('revoking the role of another at the same time as that one leaves at least one', async () => {
    await using world = await identityWorld()
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = await Promise.all(
        ['a', 'b'].map((name) => world.someone(`${name}${round}`, 'admin')),
      )
      await Promise.all([
        one!.call('PATCH', `/admin/users/${two!.id}`, { roles: ['buyer'] }),
        two!.call('PATCH', `/admin/users/${one!.id}`, { roles: ['buyer'] }),
      ])
      const left: string[] = []
      for (const { id } of [one!, two!]) {
        const { readModels, log } = world
        await readModels.fold()
        const { document } = await readModels.get(accounts, id, await log.head())
        if (document?.roles.includes('admin')) left.push(id)
      }
      expect(left.length).toBeGreaterThan(0)
    }
  })

  test('changes neither unknown users nor unknown fields', async () => {
    await using world = await identityWorld()
    const { root, bob } = await people(world)
    const nobody = bob.id.replace(/^./, bob.id.startsWith('f') ? 'e' : 'f')
    expect(code(await root.call('PATCH', `/admin/users/${nobody}`, { suspended: true }))).toBe(
      '404 not_found',
    )
    const path = `/admin/users/${bob.id}`
    expect(code(await root.call('PATCH', path, { email: 'x@y.org' }))).toBe('400 invalid_request')
    expect(code(await root.call('PATCH', path, { roles: ['king'] }))).toBe('400 invalid_request')
    expect(code(await bob.call('PATCH', path, { roles: ['admin'] }))).toBe('403 forbidden')
  })
})
