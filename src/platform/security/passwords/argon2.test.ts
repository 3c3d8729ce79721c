import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { argon2Passwords } from './argon2.ts'

const passwords = argon2Passwords()

test('a password verifies, another one does not', async () => {
  const hash = await passwords.hash('correct horse')
  expect(await passwords.verify('correct horse', hash)).toBe(true)
  expect(await passwords.verify('correct house', hash)).toBe(false)
})

test('a hash is a PHC string that differs every time and does not contain the password', async () => {
  const [one, two] = await Promise.all([passwords.hash('hunter22'), passwords.hash('hunter22')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(one).not.toBe(two)
  expect.assert(!one.includes('hunter22'))
})

test('a hash of another implementation, with another cost, verifies', async () => {
  // A test vector of the reference implementation (phc-winner-argon2, src/test.c).
  const elsewhere =
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await passwords.verify('password', elsewhere)).toBe(true)
})

test('different Unicode encodings of the same letters are the same password', async () => {
  const hash = await passwords.hash('café-au-lait')
  expect(await passwords.verify('cafe\u0301-au-lait', hash)).toBe(true)
})

test('a missing or malformed hash fails after the same work', async () => {
  const workOf = async (hash: string | undefined) => {
    const start = process.cpuUsage()
    expect(await passwords.verify('correct horse', hash)).toBe(false)
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  const known = await passwords.hash('something else')
  await workOf(known)
  const real = Math.min(await workOf(known), await workOf(known), await workOf(known))
  for (const hash of [undefined, 'junk']) {
    const work = await workOf(hash)
    expect.assert(work > real / 4, `${work} µs of work for ${hash}, ${real} µs for a real hash`)
  }
})

test('a call is refused when too many wait, and the others are served', async () => {
  const { hash } = argon2Passwords({ concurrency: 1, waiting: 2 })
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => hash('correct horse')))
  expect(answers.map(({ status }) => status)).toStrictEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ])
  expect.assert(answers[4]?.status === 'rejected' && answers[4].reason instanceof Unavailable)
  expect.assert(await hash('again'))
})
