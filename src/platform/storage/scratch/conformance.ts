import { describe, expect, onTestFinished, test } from 'vitest'
import type { Scratch } from './port.ts'

/** Conformance suite of scratches. @param make creates an empty one */
export const scratchConformance = (name: string, make: () => Scratch) =>
  describe(`values of one computation, ${name}`, () => {
    const made = (): Scratch => {
      const scratch = make()
      onTestFinished(scratch.close)
      return scratch
    }

    test('are kept by space and key, and replaced', () => {
      const scratch = made()
      expect(scratch.get('one', 'a')).toBeUndefined()
      scratch.set('one', 'a', { n: 1, deep: [null, 'ü'] })
      scratch.set('other', 'a', 2)
      expect(scratch.get('one', 'a')).toStrictEqual({ n: 1, deep: [null, 'ü'] })
      expect(scratch.get('other', 'a')).toBe(2)
      scratch.set('one', 'a', null)
      expect(scratch.get('one', 'a')).toBeNull()
    })

    test('are copies', () => {
      const scratch = made()
      const value = { n: 1 }
      scratch.set('one', 'a', value)
      value.n = 2
      expect(scratch.get('one', 'a')).toStrictEqual({ n: 1 })
    })

    test('are deleted once', () => {
      const scratch = made()
      scratch.set('one', 'a', 1)
      expect(scratch.delete('one', 'a')).toBe(true)
      expect(scratch.delete('one', 'a')).toBe(false)
      expect(scratch.get('one', 'a')).toBeUndefined()
    })

    test('are read in the order of their keys', () => {
      const scratch = made()
      expect(scratch.first('one')).toBeUndefined()
      for (const key of ['b', '10', '9', 'ü', 'a', 'Z']) scratch.set('one', key, key)
      scratch.set('two', '0', 0)
      expect(scratch.first('one')).toStrictEqual(['10', '10'])
      const keys = [...scratch.entries('one')].map(([key]) => key)
      expect(keys).toStrictEqual(['10', '9', 'Z', 'a', 'b', 'ü'])
    })

    test('may be deleted while they are read', () => {
      const scratch = made()
      const keys = Array.from({ length: 1_203 }, (_, n) => String(n).padStart(5, '0'))
      for (const key of keys) scratch.set('one', key, 0)
      const seen: string[] = []
      for (const [key] of scratch.entries('one')) {
        seen.push(key)
        scratch.delete('one', key)
      }
      expect(seen).toStrictEqual(keys)
      expect(scratch.first('one')).toBeUndefined()
    })
  })
