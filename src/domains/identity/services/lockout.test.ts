import { describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { memoryCounters } from '../../../platform/security/counters/memory.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import { isWorthNoting, lockout } from './lockout.ts'
import { Problem } from '../../../serving/problem.ts'

/** A clock that is moved by the test. */
const world = () => {
  let now = 0
  const { enter, succeeded } = lockout(memoryCounters({ clock: () => now }))
  /** Seconds to wait; 0 for a permitted attempt. */
  const knock = async (ip = '192.0.2.1', device?: string): Promise<number> => {
    try {
      await enter({ subject: 'ada', ip, device })
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      expect(error).toMatchObject({ statusCode: 429, code: 'too_many_attempts' })
      return error.retryAfter ?? -1
    }
  }
  const times = async (count: number, ip?: string, device?: string): Promise<number[]> => {
    const waits: number[] = []
    for (let n = 0; n < count; n += 1) waits.push(await knock(ip, device))
    return waits
  }
  const pass = (seconds: number) => void (now += seconds * 1_000)
  return { knock, times, pass, succeeded }
}

describe('a guessed password', () => {
  test('has a few free attempts, then the wait doubles each time', async () => {
    const { knock, times, pass } = world()
    expect(await times(6)).toEqual([0, 0, 0, 0, 0, 0])
    expect(await knock()).toBe(1)
    const waits: number[] = []
    for (let n = 0; n < 4; n += 1) {
      pass(waits.at(-1) ?? 1)
      expect(await knock()).toBe(0)
      waits.push(await knock())
    }
    // An attempt without waiting makes the next wait longer as well.
    expect(waits).toEqual([4, 16, 64, 256])
  })

  test('waits at most a quarter of an hour, and is reset after an hour', async () => {
    const { knock, times, pass } = world()
    await times(100)
    pass(1)
    await knock()
    expect(await knock()).toBe(900)
    pass(3_600)
    expect(await times(6)).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('delays neither other addresses nor known devices', async () => {
    const { knock, times } = world()
    await times(1_000, '192.0.2.1')
    expect(await knock('192.0.2.200')).toBeGreaterThan(0)
    expect(await knock('198.51.100.1')).toBe(0)
    expect(await times(10, '192.0.2.1', 'laptop')).toEqual(Array(10).fill(0))
  })

  test('from many addresses waits at most half a minute; known devices do not wait', async () => {
    const { knock, times, pass } = world()
    const from = (n: number) => `10.${n >> 8}.${n & 255}.1`
    const waits: number[] = []
    for (let n = 0; n < 200; n += 1) waits.push(await knock(from(n)))
    expect(waits.slice(0, 31)).toEqual(Array(31).fill(0))
    expect(waits.slice(31).every((wait) => wait > 0)).toBe(true)
    pass(30)
    expect(await knock(from(300))).toBe(0)
    expect(await knock(from(301))).toBe(30)
    expect(await times(10, '10.0.0.1', 'laptop')).toEqual(Array(10).fill(0))
  })

  test('is reset by a success', async () => {
    const { times, succeeded } = world()
    await times(6)
    await succeeded({ subject: 'ada', ip: '192.0.2.1', device: undefined })
    expect(await times(6)).toEqual([0, 0, 0, 0, 0, 0])
  })
})

test.each([
  ['192.0.2.77', '192.0.2'],
  ['::ffff:192.0.2.77', '192.0.2'],
  ['2001:db8::1', '2001:0db8:0000:0000'],
  ['2001:DB8:1:2:3:4:5:6', '2001:0db8:0001:0002'],
  ['fe80::1%eth0', 'fe80:0000:0000:0000'],
  ['::1', '0000:0000:0000:0000'],
  ['nonsense', 'nonsense'],
])('%s is at %s', (ip, place) => expect(networkOf(ip)).toBe(place))

test('failures are recorded at the first and at each doubling', () =>
  expect(Array.from({ length: 20 }, (_, n) => n + 1).filter(isWorthNoting)).toEqual([
    1, 2, 4, 8, 16,
  ]))

describe('signing in', () => {
  const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
  const login = async (
    { anyone }: HttpWorld,
    password: string,
    headers: Record<string, string> = {},
    email = ada.email,
  ) => {
    const reply = await anyone('POST', '/auth/login', { email, password }, headers)
    return { ...reply, code: `${reply.status} ${reply.body.code ?? 'ok'}` }
  }

  test('is refused for a time after wrong passwords, also with the right one, with the time to wait', async () => {
    let now = 0
    await using world = await identityWorld({ counters: memoryCounters({ clock: () => now }) })
    await world.anyone('POST', '/auth/register', ada)
    for (let n = 0; n < 6; n += 1)
      expect((await login(world, 'wrong')).code).toBe('401 invalid_credentials')
    const keyed = { 'idempotency-key': 'one' }
    const { code, headers } = await login(world, ada.password, keyed)
    expect(code).toBe('429 too_many_attempts')
    expect(headers['retry-after']).toBe('1')
    now += 1_000
    // The answer 429 is not stored for the idempotency key.
    expect((await login(world, ada.password, keyed)).code).toBe('200 ok')
    // A success resets the count.
    for (let n = 0; n < 6; n += 1)
      expect((await login(world, 'wrong')).code).toBe('401 invalid_credentials')
  })

  test('of an unknown address is delayed in the same way', async () => {
    await using world = await identityWorld({ counters: memoryCounters({ clock: () => 0 }) })
    const codes: string[] = []
    for (let n = 0; n < 7; n += 1)
      codes.push((await login(world, 'wrong', {}, 'nobody@example.org')).code)
    expect(codes).toEqual([...Array(6).fill('401 invalid_credentials'), '429 too_many_attempts'])
  })

  test('on a known device is not delayed by other attempts, and the cookie is valid for its user only', async () => {
    await using world = await identityWorld({ counters: memoryCounters({ clock: () => 0 }) })
    const reply = await world.anyone('POST', '/auth/register', ada)
    const device = String([reply.headers['set-cookie']].flat()[2]).split(';')[0]!
    const eve = await world.anyone('POST', '/auth/register', {
      ...ada,
      email: 'eve@example.org',
      username: 'eve',
    })
    const hers = String([eve.headers['set-cookie']].flat()[2]).split(';')[0]!
    for (let n = 0; n < 8; n += 1) await login(world, 'wrong')
    expect((await login(world, ada.password)).code).toBe('429 too_many_attempts')
    expect((await login(world, ada.password, { cookie: hers })).code).toBe('429 too_many_attempts')
    expect((await login(world, ada.password, { cookie: device })).code).toBe('200 ok')
  })

  test('that fails is recorded in part only', async () => {
    await using world = await identityWorld()
    await world.anyone('POST', '/auth/register', ada)
    for (let n = 0; n < 5; n += 1) await login(world, 'wrong')
    const noted = async () =>
      (await world.log.readAll()).events.flatMap(({ type, data }) =>
        type === 'LoginFailed' ? [data] : [],
      )
    await expect.poll(noted).toEqual([1, 2, 4].map((failures) => ({ failures, ip: '127.0.0.1' })))
  })
})
