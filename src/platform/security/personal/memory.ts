import { randomBytes } from 'node:crypto'
import { personalSeal } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

/** Keys in memory. @param clock for when one is destroyed */
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
      for (const heard of listeners) heard(person)
      return at
    },
    onDestroyed: (heard) => {
      // A function of its own, so that who asks twice is told twice.
      const listener = (person: string) => heard(person)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => undefined,
  }
}
