import { randomBytes } from 'node:crypto'
import { personalSeal } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

/** Personal keys in memory. @param clock for the time of a destruction */
export const memoryPersonalKeys = (clock: () => Date = () => new Date()): PersonalKeys => {
  const keys = new Map<string, KeyState>()
  const destroyed = new Map<string, string>()
  const listeners = new Set<(person: string) => void>()
  return {
    known: (person) => keys.get(person),
    keysOf: async (people, { make = false } = {}) => {
      const found = new Map<string, KeyState>()
      for (const person of people) {
        if (make && !keys.has(person)) keys.set(person, personalSeal(randomBytes(32)))
        const key = keys.get(person)
        if (key) found.set(person, key)
      }
      return found
    },
    destroy: async (person) => {
      const at = destroyed.get(person) ?? clock().toISOString()
      destroyed.set(person, at)
      keys.set(person, 'destroyed')
      for (const listener of listeners) listener(person)
      return at
    },
    onDestroyed: (notify) => {
      // A function for each subscription, so that one that subscribes twice is called twice.
      const listener = (person: string) => notify(person)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => undefined,
  }
}
