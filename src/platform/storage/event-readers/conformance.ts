import { describe, expect, test } from 'vitest'
import type { EventReaders } from './port.ts'

/** Conformance suite of the event readers. @param open opens one store twice */
export const eventReadersConformance = (
  name: string,
  open: () => Promise<
    AsyncDisposable & { readonly one: EventReaders; readonly other: EventReaders }
  >,
): void => {
  describe(`event readers: ${name}`, () => {
    test('the types of all versions of a reader are known to all processes', async () => {
      await using store = await open()
      const { one, other } = store
      expect(await one.readBy('saga:tea')).toEqual(new Set())
      await one.declare(
        new Map([
          ['saga:tea', ['Boiled', 'Poured']],
          ['jobs', ['Poured']],
        ]),
      )
      await other.declare(new Map([['saga:tea', ['Poured', 'Sweetened', 'Sweetened']]]))
      expect(await one.readBy('saga:tea')).toEqual(new Set(['Boiled', 'Poured', 'Sweetened']))
      expect(await other.readBy('jobs')).toEqual(new Set(['Poured']))
    })

    test('concurrent declarations of the same types succeed', async () => {
      await using store = await open()
      const { one, other } = store
      const reads = new Map([['jobs', ['Boiled', 'Poured', 'Sweetened']]])
      const reversed = new Map([['jobs', ['Sweetened', 'Poured', 'Boiled']]])
      await Promise.all(
        [one, other, one, other].map((it, at) => it.declare(at % 2 ? reads : reversed)),
      )
      expect(await other.readBy('jobs')).toEqual(new Set(reads.get('jobs')))
    })
  })
}
