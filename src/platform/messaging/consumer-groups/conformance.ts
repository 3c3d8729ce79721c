import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  mostGroups,
  StaleTerm,
  wholeLog,
  type ConsumerGroups,
  type GroupDefinition,
} from './port.ts'
import { usualSettings } from './testing/usual-settings.ts'

const definition: GroupDefinition = {
  startFrom: 'start',
  settings: usualSettings,
  filter: { of: 'type', prefixes: ['Order'], regex: '' },
  view: 'full',
}

/** Conformance suite of the consumer groups. @param make opens an empty store */
export const consumerGroupsConformance = (
  name: string,
  make: () => Promise<{ groups: ConsumerGroups; close: () => Promise<void> }>,
) =>
  describe(`consumer groups in ${name}`, () => {
    let groups: ConsumerGroups
    let close: () => Promise<void>
    let term: bigint
    beforeAll(async () => {
      ;({ groups, close } = await make())
      term = await groups.lead({ host: 'here', port: 1 })
    })
    afterAll(() => close())

    const progress = (checkpoint: bigint) => ({ checkpoint, ahead: [], retries: [] })

    test('are created once, found, listed by source and name, and removed', async () => {
      const [first, second] = [
        { source: wholeLog, name: 'mail' },
        { source: 'order-1', name: 'mail' },
      ]
      expect(await groups.create(term, second, definition, -1n)).toBe('created')
      expect(await groups.create(term, first, definition, 7n)).toBe('created')
      expect(await groups.create(term, first, { ...definition, view: 'masked' }, 9n)).toBe('exists')
      const found = { ...definition, parked: 0 }
      expect(await groups.find(first)).toEqual({ ...first, ...found, progress: progress(7n) })
      expect(await groups.list()).toEqual([
        { ...first, ...found, progress: progress(7n) },
        { ...second, ...found, progress: progress(-1n) },
      ])
      expect(await groups.find({ source: 'order-1', name: 'none' })).toBeUndefined()
      expect(await groups.remove(term, first)).toBe(true)
      expect(await groups.remove(term, first)).toBe(false)
      expect(await groups.find(first)).toBeUndefined()
    })

    test('get another start by an update until they have saved progress', async () => {
      const key = { source: wholeLog, name: 'updated' }
      const settings = { ...usualSettings, strategy: 'Pinned' as const }
      expect(await groups.update(term, key, { startFrom: 'end', settings }, 5n)).toBe(false)
      await groups.create(term, key, definition, 0n)
      expect(await groups.update(term, key, { startFrom: '5', settings }, 4n)).toBe(true)
      expect(await groups.find(key)).toMatchObject({
        startFrom: '5',
        settings,
        filter: definition.filter,
        view: 'full',
        progress: progress(4n),
      })
      await groups.save(term, key, { progress: progress(6n), parked: [], settled: [] })
      await groups.update(term, key, { startFrom: '1', settings }, 0n)
      expect(await groups.find(key)).toMatchObject({ startFrom: '1', progress: progress(6n) })
    })

    test('keep their progress, with what is done after the checkpoint', async () => {
      const key = { source: wholeLog, name: 'progress' }
      await groups.create(term, key, definition, 0n)
      const far = 2n ** 60n + 1n
      const reached = { checkpoint: far, ahead: [far + 2n], retries: [[far + 1n, 3]] as const }
      await groups.save(term, key, { progress: reached, parked: [], settled: [] })
      expect((await groups.find(key))?.progress).toEqual(reached)
      const gone = { source: wholeLog, name: 'gone' }
      await groups.save(term, gone, { progress: reached, parked: [], settled: [] })
      expect(await groups.find(gone)).toBeUndefined()
    })

    test('park messages, and have them delivered again until they are settled or parked again', async () => {
      const key = { source: 'order-1', name: 'parking' }
      await groups.create(term, key, definition, -1n)
      const parked = [3n, 1n, 2n].map((place) => ({ place, retries: 10, reason: `no ${place}` }))
      await groups.save(term, key, { progress: progress(3n), parked, settled: [] })
      expect((await groups.find(key))?.parked).toBe(3)
      const places = (messages: readonly { readonly place: bigint }[]) =>
        messages.map(({ place }) => place)
      expect(places(await groups.replay(term, key, 2))).toEqual([1n, 2n])
      expect((await groups.find(key))?.parked).toBe(1)
      expect(await groups.replaying(key)).toEqual([
        { place: 1n, retries: 10, reason: 'no 1' },
        { place: 2n, retries: 10, reason: 'no 2' },
      ])
      const again = { place: 2n, retries: 11, reason: 'still' }
      await groups.save(term, key, { progress: progress(3n), parked: [again], settled: [1n] })
      expect(await groups.replaying(key)).toEqual([])
      expect((await groups.find(key))?.parked).toBe(2)
      expect(await groups.replay(term, key)).toEqual([again, parked[0]])
      await groups.remove(term, key)
      await groups.create(term, key, definition, -1n)
      expect(await groups.replaying(key)).toEqual([])
    })

    test('have parked messages delivered again as any process requests, and tell how many', async () => {
      const key = { source: 'order-2', name: 'operated' }
      expect(await groups.requestReplay(key)).toBeUndefined()
      await groups.create(term, key, definition, -1n)
      expect(await groups.requestReplay(key)).toBe(0)
      const parked = [3n, 1n, 2n].map((place) => ({ place, retries: 10, reason: 'no' }))
      await groups.save(term, key, { progress: progress(3n), parked, settled: [] })
      const summary = async () =>
        (await groups.summaries()).filter(({ source }) => source === key.source)
      const saved = { ...key, view: 'full', strategy: 'RoundRobin', checkpoint: 3n }
      expect(await summary()).toEqual([{ ...saved, parked: 3, replaying: 0 }])
      expect(await groups.requestReplay(key, 2)).toBe(2)
      expect(await summary()).toEqual([{ ...saved, parked: 1, replaying: 2 }])
      expect((await groups.replaying(key)).map(({ place }) => place)).toEqual([1n, 2n])
      expect(await groups.requestReplay(key)).toBe(1)
      expect(await groups.requestReplay(key)).toBe(0)
    })

    test('are limited in number', async () => {
      const many = Array.from({ length: mostGroups }, (_, nth) => ({
        source: 'crowd-1',
        name: `group ${nth}`,
      }))
      const before = (await groups.list()).length
      const outcomes: string[] = []
      for (const key of many) outcomes.push(await groups.create(term, key, definition, -1n))
      expect(outcomes.filter((one) => one === 'full').length).toBe(before)
    })

    test('are led by the process with the latest term alone', async () => {
      const key = { source: wholeLog, name: 'led' }
      const next = await groups.lead({ host: 'there', port: 2 })
      expect(next).toBeGreaterThan(term)
      expect(await groups.leader()).toEqual({ host: 'there', port: 2 })
      const changes = { progress: progress(1n), parked: [], settled: [] }
      for (const late of [
        () => groups.create(term, key, definition, 0n),
        () => groups.update(term, key, definition, 0n),
        () => groups.remove(term, key),
        () => groups.save(term, key, changes),
        () => groups.replay(term, key),
      ])
        await expect(late()).rejects.toBeInstanceOf(StaleTerm)
    })
  })
