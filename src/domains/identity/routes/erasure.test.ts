import { expect, test } from 'vitest'
import { identityWorld, type Reply } from '../../../../test/support/http.ts'

const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

test('an admin cannot be erased before the role was revoked, so that one always remains', async () => {
  await using world = await identityWorld()
  const [one, other] = [await world.someone('one', 'admin'), await world.someone('other', 'admin')]
  const forgotten = await Promise.all([
    one.call('POST', `/admin/users/${other.id}/forget`),
    other.call('POST', '/admin/users/one/forget'),
  ])
  expect(forgotten.map(code)).toEqual(['409 still_admin', '409 still_admin'])
  expect(code(await one.call('DELETE', `/users/${other.id}`))).toBe('409 still_admin')
  expect(code(await other.call('GET', `/admin/users/${one.id}/forget`))).toBe('404 not_found')

  await one.call('PATCH', `/admin/users/${other.id}`, { roles: ['buyer'] })
  const { status, body } = await one.call('POST', '/admin/users/other/forget')
  expect(status).toBe(202)
  expect(body.data).toEqual({
    userId: other.id,
    status: 'pending',
    orders: { calledOff: [], toShip: [] },
  })
  expect((await one.call('GET', `/admin/users/${other.id}/forget`)).body.data).toMatchObject({
    status: 'pending',
  })
})
