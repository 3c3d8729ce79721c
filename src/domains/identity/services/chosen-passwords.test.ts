import { expect, test } from 'vitest'
import { identityWorld } from '../../../../test/support/http.ts'
import { mustBeHardToGuess } from './chosen-passwords.ts'

const ada = { email: 'ada.king@example.org', username: 'countess', name: 'Ada Lovelace' }

const refused = [
  'password',
  'Password1',
  '12345678',
  'qwertyuiop',
  'qwertz123',
  'Corvette',
  'aaaaaaaaaa',
  'abababab',
  '123123123',
  '          ',
]
const called = [ada.email, 'ADA.KING@example.org', ada.username, ada.name]

test.each([...refused, ...called])('"%s" is rejected as a password', (password) => {
  const choosing = () => mustBeHardToGuess('password', password, Object.values(ada))
  expect(choosing).toThrow(/^password /)
})

test.each([
  'a long password',
  'password of my own',
  'ada.king@example.org?',
  'ääääääää!',
  'Tr0ub4dor&3',
  'abcabcabd',
])('"%s" is taken', (password) => {
  expect(() => mustBeHardToGuess('password', password, Object.values(ada))).not.toThrow()
})

test('every request that sets a password validates it', async () => {
  await using world = await identityWorld()
  const registering = (password: string) =>
    world.anyone('POST', '/auth/register', { ...ada, password })
  const first = await registering('password')
  expect([first.status, first.body.errors?.[0].field]).toEqual([400, 'password'])
  expect((await registering(ada.email)).status).toBe(400)
  expect((await world.log.readAll()).events).toEqual([])
  const { body } = await registering('a long password')
  const headers = { authorization: `Bearer ${body.tokens.accessToken}` }
  const change = (newPassword: string) =>
    world.anyone(
      'POST',
      '/auth/password/change',
      { currentPassword: 'a long password', newPassword },
      headers,
    )
  for (const easy of ['password1', ada.email, ada.username]) {
    const { status, body: problem } = await change(easy)
    expect([status, problem.errors?.[0].field]).toEqual([400, 'newPassword'])
  }
  expect((await change('another long password')).status).toBe(200)
})
