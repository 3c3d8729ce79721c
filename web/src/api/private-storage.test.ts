import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { privateStorage } from './private-storage.ts'

/** A storage of a browser, with what it has. */
const inBrowser = () => {
  const has = new Map<string, string>()
  const storage = privateStorage(() => ({
    get length() {
      return has.size
    },
    key: (at) => [...has.keys()][at] ?? null,
    getItem: (key) => has.get(key) ?? null,
    setItem: (key, text) => void has.set(key, text),
    removeItem: (key) => void has.delete(key),
  }))
  return { has, storage }
}

const hour = 60 * 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('texts are stored for a user and a name', () => {
  const { storage } = inBrowser()
  expect(storage.put('u', 'a.b', 'One text')).toBe(true)
  storage.put('u', 'c', '')
  storage.put('v', 'c', 'Of another')
  expect([...storage.all('u')]).toEqual([
    ['a.b', 'One text'],
    ['c', ''],
  ])
  expect([storage.get('u', 'a.b'), storage.get('v', 'a.b')]).toEqual(['One text', undefined])
  storage.remove('u', 'c')
  expect(storage.get('u', 'c')).toBeUndefined()
})

test('texts of other users are removed, and nothing else', () => {
  const { has, storage } = inBrowser()
  has.set('agora.theme', 'dark')
  for (const user of ['u', 'u2', 'v']) for (const name of ['a', 'b']) storage.put(user, name, user)
  storage.forgetOthers('u')
  expect(storage.all('u').size).toBe(2)
  expect(has.size).toBe(3)
  storage.forget('u')
  expect([...has]).toEqual([['agora.theme', 'dark']])
})

test('texts older than a week are removed, as are those without a time', () => {
  const { has, storage } = inBrowser()
  has.set('agora.theme', 'dark')
  has.set('agora.private.u.broken', '{"key":1}')
  storage.put('u', 'old', 'Written')
  storage.put('u', 'renewed', 'Written')
  vi.advanceTimersByTime(2 * hour)
  storage.put('v', 'new', 'Written')
  storage.put('u', 'renewed', 'Written again')
  vi.advanceTimersByTime(7 * 24 * hour - hour)
  storage.forgetOld()
  expect([...storage.all('u')]).toEqual([['renewed', 'Written again']])
  expect([...storage.all('v')]).toEqual([['new', 'Written']])
  expect(has.get('agora.theme')).toBe('dark')
})

test('a storage that is switched off stores nothing, and fails nowhere', () => {
  const storage = privateStorage(() => {
    throw new Error('switched off')
  })
  expect(storage.put('u', 'a', 'One')).toBe(false)
  expect([storage.get('u', 'a'), storage.all('u').size]).toEqual([undefined, 0])
  storage.forgetOthers('v')
  storage.forgetOld()
})
