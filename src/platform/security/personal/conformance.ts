import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonalSeal } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

/** Conformance suite of the personal keys. @param make opens the keys of two processes on one store */
export const personalKeysConformance = (
  name: string,
  make: () => Promise<{
    readonly one: PersonalKeys
    readonly other: PersonalKeys
    readonly close: () => Promise<void>
  }>,
) =>
  describe(`personal keys in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    const usable = (key: KeyState | undefined): PersonalSeal => {
      if (key === undefined || key === 'destroyed') throw new Error(`The key is ${key}`)
      return key
    }
    const keyIn = async (keys: PersonalKeys, person: string, make = true) =>
      (await keys.keysOf([person], { make })).get(person)

    test('are created on request, and the same in every process', async () => {
      const person = randomUUID()
      expect(await keyIn(made.one, person, false)).toBeUndefined()
      const [here, there] = await Promise.all([keyIn(made.one, person), keyIn(made.other, person)])
      expect(usable(there).open('e', usable(here).seal('e', 'Ada'))).toBe('Ada')
      expect(made.one.known(person)).toBeDefined()
    })

    test('differ between people', async () => {
      const people = [randomUUID(), randomUUID(), randomUUID()]
      const keys = await made.one.keysOf([...people, people[0]!], { make: true })
      expect(keys.size).toBe(3)
      const [first, second] = people.map((person) => usable(keys.get(person)))
      expect(() => second!.open('e', first!.seal('e', 'Ada'))).toThrow('unable to authenticate')
    })

    test('stay destroyed for good, in every process', async () => {
      const person = randomUUID()
      await Promise.all([keyIn(made.one, person), keyIn(made.other, person)])
      const at = await made.one.destroy(person)
      expect(Date.parse(at)).toBeGreaterThan(0)
      expect(await keyIn(made.one, person)).toBe('destroyed')
      await expect.poll(() => made.other.known(person)).toBe('destroyed')
      expect(await made.other.destroy(person)).toBe(at)
      expect(await keyIn(made.other, person)).toBe('destroyed')
    })

    test('are not created for a person who was erased without ever having one', async () => {
      const person = randomUUID()
      await made.one.destroy(person)
      expect(await keyIn(made.other, person)).toBe('destroyed')
    })

    test('notify the listeners of every process when they are destroyed, until a listener is removed', async () => {
      const [first, second] = [randomUUID(), randomUUID()]
      const notified: string[] = []
      const unsubscribe = made.other.onDestroyed((person) => notified.push(person))
      await made.one.destroy(first)
      await expect.poll(() => notified).toContain(first)
      unsubscribe()
      await made.one.destroy(second)
      await expect.poll(() => made.other.known(second)).toBe('destroyed')
      expect(notified).not.toContain(second)
    })
  })
