import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AnnouncedPosition, PositionNews } from './port.ts'

/** Processes on one store, which is removed at the end. */
export type PositionNewsFixture = AsyncDisposable & {
  readonly open: () => Promise<PositionNews>
}

/** Conformance suite of announced positions. @param make creates a store for each test */
export const positionNewsConformance = (name: string, make: () => Promise<PositionNewsFixture>) =>
  describe(`announced positions in ${name}`, () => {
    let fixture: PositionNewsFixture
    beforeEach(async () => void (fixture = await make()))
    afterEach(() => fixture[Symbol.asyncDispose]())

    /** Opens a process that records what it is notified of. */
    const open = async () => {
      const news = await fixture.open()
      const requested: string[] = []
      const announced: AnnouncedPosition[] = []
      news.onRequest((names) => void requested.push(...names))
      news.onAnnounced((positions) => void announced.push(...positions))
      return { news, requested, announced }
    }

    test('every process receives requests and announcements, in their order', async () => {
      const [one, two] = [await open(), await open()]
      await one.news.request(['orders', 'gig-orders'])
      const first = [
        { name: 'orders', position: 12n, version: 1 },
        { name: 'gig-orders', position: 9_007_199_254_740_993n, version: 12 },
      ]
      const second = [{ name: 'orders', position: 13n, version: 1 }]
      await two.news.announce(first)
      await two.news.announce(second)
      for (const { requested, announced } of [one, two]) {
        await expect.poll(() => announced.length).toBe(3)
        expect(requested).toEqual(['orders', 'gig-orders'])
        expect(announced).toEqual([...first, ...second])
      }
      await one.news.close()
      await two.news.close()
    })

    test('hundreds of read models are announced at once', async () => {
      const { news, requested, announced } = await open()
      const names = Array.from({ length: 300 }, (_, nth) => `${'x'.repeat(50)}_${nth}`)
      await news.request(names)
      await news.announce(
        names.map((name, nth) => ({ name, position: 10n ** 18n + BigInt(nth), version: 100 })),
      )
      await expect.poll(() => announced.length).toBe(300)
      expect(requested).toEqual(names)
      expect(announced.map(({ name }) => name)).toEqual(names)
      await news.close()
    })

    test('nothing is sent for nothing, and nothing is received after closing', async () => {
      const [one, two] = [await open(), await open()]
      await one.news.close()
      await two.news.request([])
      await two.news.announce([])
      await two.news.request(['orders'])
      await expect.poll(() => two.requested).toEqual(['orders'])
      expect([one.requested, two.announced]).toEqual([[], []])
      await two.news.close()
    })
  })
