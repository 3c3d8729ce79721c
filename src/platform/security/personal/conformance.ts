import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Unsealing } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

/** What every store of personal keys does. @param make opens two processes on one store */
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

    const usable = (key: KeyState | undefined): Unsealing => {
      if (key === undefined || key === 'destroyed') throw new Error(`The key is ${key}`)
      return key
    }
    const keyIn = async (keys: PersonalKeys, person: string, make = true) =>
      (await keys.keysOf([person], { make })).get(person)

    test('are made when they are wanted, and the same in every process', async () => {
      const person = randomUUID()
      expect(await keyIn(made.one, person, false)).toBeUndefined()
      const [here, there] = await Promise.all([keyIn(made.one, person), keyIn(made.other, person)])
      expect(usable(there).open('e', usable(here).seal('e', 'Ada'))).toBe('Ada')
      expect(made.one.known(person)).toBeDefined()
    })

    test('are different ones for different people', async () => {
      const people = [randomUUID(), randomUUID(), randomUUID()]
      const keys = await made.one.keysOf([...people, people[0]!], { make: true })
      expect(keys.size).toBe(3)
      const [first, second] = people.map((person) => usable(keys.get(person)))
      expect(() => second!.open('e', first!.seal('e', 'Ada'))).toThrow('unable to authenticate')
    })

    test('that are destroyed are so for good, in every process', async () => {
      const person = randomUUID()
      await Promise.all([keyIn(made.one, person), keyIn(made.other, person)])
      const at = await made.one.destroy(person)
      expect(Date.parse(at)).toBeGreaterThan(0)
      expect(await keyIn(made.one, person)).toBe('destroyed')
      await expect.poll(() => made.other.known(person)).toBe('destroyed')
      expect(await made.other.destroy(person)).toBe(at)
      expect(await keyIn(made.other, person)).toBe('destroyed')
    })

    test('are not made any more for who never had one and is forgotten', async () => {
      const person = randomUUID()
      await made.one.destroy(person)
      expect(await keyIn(made.other, person)).toBe('destroyed')
    })

    test('tell every process when they are destroyed, as long as it wants to know', async () => {
      const [first, second] = [randomUUID(), randomUUID()]
      const heard: string[] = []
      const enough = made.other.onDestroyed((person) => heard.push(person))
      await made.one.destroy(first)
      await expect.poll(() => heard).toContain(first)
      enough()
      await made.one.destroy(second)
      await expect.poll(() => made.other.known(second)).toBe('destroyed')
      expect(heard).not.toContain(second)
    })
  })
