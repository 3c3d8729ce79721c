import { describe, expect, test } from 'vitest'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { mail, settle, world } from './testing/mail-world.ts'

const once = (id: string) => ({ id, times: 1 })

describe('a read model that is paused', () => {
  test('is not folded, also from the start, and continues where it was when it is resumed', async () => {
    const { control, send, start, times } = await world()
    await control.pause('mail')
    await using running = start()
    await send('a')
    await settle()
    expect(await times('a')).toBeUndefined()
    for (const id of ['b', 'c']) {
      await control.resume('mail')
      await expect.poll(() => times('a')).toEqual(once('a'))
      await control.pause('mail')
      await settle()
      await send(id)
      await settle()
      expect(await times(id)).toBeUndefined()
    }
    await control.pause('another')
    await control.resume('mail')
    for (const id of ['b', 'c']) await expect.poll(() => times(id)).toEqual(once(id))
    expect(running.errors).toEqual([])
  })

  test('is not rebuilt until it is resumed', async () => {
    const building = Promise.withResolvers<void>()
    const { memory, control, calls, send, start, live } = await world((store) => ({
      load: async (generation, keys) => {
        if (generation.generation === 2) await building.promise
        return store.load(generation, keys)
      },
    }))
    await using running = start()
    await send('a')
    await memory.begin(mail())
    await control.announce()
    await settle()
    await control.pause('mail')
    building.resolve()
    await settle()
    expect([await live(), calls]).toEqual([1, ['begin', 'publish 1']])
    await control.resume('mail')
    await expect.poll(live).toBe(2)
    expect(running.errors).toEqual([])
  })
})

describe('a generation that is built', () => {
  test('answers nothing before it is published, and the one before it is read until then', async () => {
    const building = Promise.withResolvers<void>()
    const { memory, control, send, start, live } = await world((store) => ({
      load: async (generation, keys) => {
        if (generation.generation === 2) await building.promise
        return store.load(generation, keys)
      },
    }))
    await using running = start()
    const position = await send('a')
    await running.progress.reach('mail', position)
    await memory.begin(mail())
    await control.announce()
    await settle()
    expect(await running.progress.positionOf('mail')).toBe(position)
    expect(running.progress.cached(mail(), ['a'])).toEqual([once('a')])
    expect(running.progress.replacements('mail')).toBe(0)
    building.resolve()
    await expect.poll(live).toBe(2)
    await expect.poll(() => running.progress.replacements('mail')).toBe(1)
  })

  test('is compared at the position of the one before it, which may be ahead', async () => {
    const isFolded = Promise.withResolvers<void>()
    let another = async (): Promise<unknown> => undefined
    const { memory, control, send, start, live, times } = await world((store) => ({
      write: async (generation, batch) => {
        const written = await store.write(generation, batch)
        // The next event reaches the live generation first.
        if (generation.generation === 2) await another()
        if (generation.generation === 1 && batch.upserts.has('b')) isFolded.resolve()
        return written
      },
    }))
    await using running = start()
    await send('a')
    await expect.poll(() => times('a')).toEqual(once('a'))
    another = async () => {
      another = async () => undefined
      await send('b')
      await isFolded.promise
    }
    await memory.begin(mail())
    await control.announce()
    await expect.poll(live).toBe(2)
    expect(await times('b')).toEqual(once('b'))
    const [record] = await memory.generations('mail')
    expect(record?.comparison).toEqual({ same: 2, different: 0, onlyOld: 0, onlyNew: 0 })
    expect(running.errors).toEqual([])
  })

  test('is compared by ranges, between which both generations are folded and readers reach positions', async () => {
    let sent = 0
    let between = async (): Promise<void> => undefined
    const ranges: { readonly limit: number; readonly positions: ReadonlySet<bigint> }[] = []
    const { memory, control, send, start, live, times } = await world(
      (store) => ({
        compare: async (older, newer, range) => {
          const positions = new Set([await store.position(older), await store.position(newer)])
          ranges.push({ limit: range.limit, positions })
          const compared = await store.compare(older, newer, range)
          await between()
          return compared
        },
      }),
      { pace: { limit: 2, longestPause: 0 } },
    )
    await using running = start()
    for (const id of ['b', 'd', 'f', 'h']) await send(id)
    await expect.poll(() => times('h')).toEqual(once('h'))
    const reached: Promise<bigint>[] = []
    between = async () => {
      sent += 1
      // Before and behind what was compared, and a change of what was.
      for (const id of ['a', 'b', `i${sent}`]) {
        const position = await send(id)
        if (sent < 3) reached.push(running.progress.reach('mail', position))
      }
      if (sent < 3) return
      between = async () => undefined
      // Generations are still compared, and stand still until this range is.
      await Promise.all(reached)
    }
    await memory.begin(mail())
    await control.announce()
    await expect.poll(live).toBe(2)
    expect(reached.length).toBe(6)
    expect(ranges.length).toBeGreaterThanOrEqual(3)
    expect(ranges.map(({ limit, positions }) => [limit, positions.size])).toEqual(
      ranges.map(() => [2, 1]),
    )
    const [record] = await memory.generations('mail')
    // "a" was created in a range that was compared already.
    const { same, ...others } = record!.comparison!
    expect(others).toEqual({ different: 0, onlyOld: 0, onlyNew: 0 })
    expect([4 + 1, 4 + 2, 4 + 3]).toContain(same)
    await expect.poll(() => times('b')).toEqual({ id: 'b', times: 4 })
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 3 })
    expect(running.errors).toEqual([])
  })

  test('waits with its comparison while the read model is paused, and is published afterwards', async () => {
    let compared = 0
    const first = Promise.withResolvers<void>()
    const { memory, control, send, start, live, times } = await world(
      (store) => ({
        compare: async (...args) => {
          compared += 1
          if (compared === 1) await control.pause('mail')
          first.resolve()
          return store.compare(...args)
        },
      }),
      { pace: { limit: 1, longestPause: 0 } },
    )
    await using running = start()
    for (const id of ['a', 'b', 'c']) await send(id)
    await expect.poll(() => times('c')).toEqual(once('c'))
    await memory.begin(mail())
    await control.announce()
    await first.promise
    await settle()
    await send('d')
    await settle()
    expect([compared, await live(), await times('d')]).toEqual([1, 1, undefined])
    await control.resume('mail')
    await expect.poll(live).toBe(2)
    const [record] = await memory.generations('mail')
    expect(record?.comparison).toEqual({ same: 4, different: 0, onlyOld: 0, onlyNew: 0 })
    await expect.poll(() => times('d')).toEqual(once('d'))
    expect(running.errors).toEqual([])
  })

  test('is compared from the start again after its store was away', async () => {
    const ranges: (string | undefined)[] = []
    const { memory, control, send, start, live, times } = await world(
      (store) => ({
        compare: async (older, newer, range) => {
          ranges.push(range.after)
          if (ranges.length === 2) throw new Unavailable('away')
          return store.compare(older, newer, range)
        },
      }),
      { pace: { limit: 1, longestPause: 60_000 } },
    )
    await using running = start()
    for (const id of ['a', 'b']) await send(id)
    await expect.poll(() => times('b')).toEqual(once('b'))
    await memory.begin(mail())
    await control.announce()
    await expect.poll(live).toBe(2)
    expect(ranges).toEqual([undefined, 'a', undefined, 'a', 'b'])
    const [record] = await memory.generations('mail')
    expect(record?.comparison).toEqual({ same: 2, different: 0, onlyOld: 0, onlyNew: 0 })
    expect(running.errors.map(String)).toEqual(['Unavailable: away'])
  })

  test('is not published once the lease is lost, whatever is under way', async () => {
    for (const lost of ['compare', 'saveComparison', 'scan', 'saveGateState'] as const) {
      const leases = memoryLeases()
      let isLost = false
      const reached = Promise.withResolvers<void>()
      const { memory, control, calls, send, start, times } = await world(
        (store) => {
          const losing =
            <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
            async (...args: A): Promise<R> => {
              isLost = true
              reached.resolve()
              return call(...args)
            }
          return {
            compare: { compare: losing(store.compare) },
            saveComparison: { saveComparison: losing(store.saveComparison) },
            scan: { scan: losing(store.scan) },
            saveGateState: { saveGateState: losing(store.saveGateState) },
          }[lost]
        },
        {
          leases: {
            ...leases,
            acquire: async (name, signal) => {
              const lease = await leases.acquire(name, signal)
              const gone = new AbortController()
              const isHeld = () => {
                if (isLost) gone.abort(new Error('the lease is lost'))
                return !isLost
              }
              return { ...lease, lost: gone.signal, isHeld }
            },
          },
        },
      )
      await using running = start()
      await send('a')
      await expect.poll(() => times('a')).toEqual(once('a'))
      const gate = { maxDifferences: 0, ignoredFields: [] }
      const isGated = lost === 'scan' || lost === 'saveGateState'
      await memory.begin(mail(), undefined, isGated ? gate : undefined)
      await control.announce()
      await reached.promise
      await expect.poll(() => running.errors.map(String)).toContain('Error: the lease is lost')
      expect(calls).toEqual(['begin', 'publish 1'])
    }
  })

  test('goes on where it was begun by the same version, and is dropped where by another', async () => {
    const { memory, calls, send, start, versions } = await world()
    await memory.publish(await memory.begin(mail(1)))
    const [other, mine] = [await memory.begin(mail(1)), await memory.begin(mail(2))]
    await memory.begin(mail(2), 'mongo')
    await send('a')
    await using _ = start(mail(2))
    await expect.poll(versions).toEqual(['2 live'])
    expect(await memory.live(mail(2))).toMatchObject({ generation: mine.generation })
    expect(calls.filter((call) => call !== `drop ${other.generation}`)).toEqual([
      'drop 4',
      `publish ${mine.generation}`,
      'drop 1',
    ])
    expect(calls).toContain(`drop ${other.generation}`)
  })

  test('is begun where the live one is of another version, also beside former ones of this version', async () => {
    const { memory, send, start, versions, times } = await world()
    for (const version of [2, 1]) await memory.publish(await memory.begin(mail(version)))
    await send('a')
    await using _ = start(mail(2))
    await expect.poll(versions).toEqual(['2 live'])
    await expect.poll(() => times('a')).toEqual(once('a'))
  })
})

describe('a read model that starts', () => {
  test('is taken back from a newer version whose generation was replaced', async () => {
    const { memory, send, start, times, versions } = await world()
    for (const version of [2, 1]) await memory.publish(await memory.begin(mail(version)))
    await send('a')
    await using running = start(mail(1))
    await expect.poll(() => times('a')).toEqual(once('a'))
    await expect.poll(versions).toEqual(['1 live'])
    expect(running.errors).toEqual([])
  })

  test.for([
    ['goes on although', new Unavailable('away'), true],
    ['is started again while', new TypeError('a flaw'), false],
  ] as const)(
    '%s a former generation cannot be dropped because of %s',
    async ([, error, goesOn]) => {
      const leases = memoryLeases()
      let [drops, starts] = [0, 0]
      const { memory, control, send, start, times } = await world(
        () => ({
          drop: () => {
            drops += 1
            return Promise.reject(error)
          },
        }),
        {
          leases: {
            ...leases,
            acquire: (...args) => {
              starts += 1
              return leases.acquire(...args)
            },
          },
        },
      )
      for (const version of [1, 1]) await memory.publish(await memory.begin(mail(version)))
      await send('a')
      await using running = start()
      for (const nth of [1, 2, 3]) {
        await expect.poll(() => drops).toBeGreaterThanOrEqual(nth)
        await control.announce()
      }
      await expect.poll(() => times('a')).toEqual(once('a'))
      expect([new Set(running.errors), starts === 1]).toEqual([new Set([error]), goesOn])
    },
  )

  test('fails while its own store cannot be asked', async () => {
    for (const error of [new Unavailable('away'), new TypeError('a flaw')]) {
      let isAway = true
      const { send, start, times } = await world((store) => ({
        has: async (generation) => {
          if (isAway) throw error
          return store.has(generation)
        },
      }))
      await send('a')
      await using running = start()
      await expect.poll(() => running.errors.length).toBeGreaterThan(1)
      expect([new Set(running.errors), await times('a')]).toEqual([new Set([error]), undefined])
      isAway = false
      await expect.poll(() => times('a')).toEqual(once('a'))
    }
  })

  test('hands its lease over to a newer version longer than after a failure', async () => {
    const failing = await world(undefined, {
      control: { ...memoryControl(), paused: () => Promise.reject(new Error('a flaw')) },
    })
    const newer = await world(undefined, {
      catalogue: { unreadable: () => 'of a newer version', streamTold: (stream) => stream },
    })
    const older = await world()
    await older.memory.publish(await older.memory.begin(mail(2)))
    await newer.send('a')
    // Another round where the machine was too slow to tell one pause from the other.
    const round = async () => {
      await using failed = failing.start()
      await using left = newer.start()
      await using stale = older.start()
      await expect.poll(() => failed.errors.length).toBeGreaterThan(3)
      return [left.errors, stale.errors].map((errors) => errors.map(String))
    }
    await expect
      .poll(round)
      .toEqual([
        ['NewerVersion: of a newer version'],
        [expect.stringContaining('built by its version 2')],
      ])
  })
})
