import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { MessageType } from 'socket.io-adapter'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasRedis, needsRedis } from '../../test/support/redis.ts'
import { letIn } from '../../test/support/sockets.ts'
import {
  inMemory,
  inPostgres,
  inRedis,
  type BetweenFixture,
} from '../platform/between/testing/fixtures.ts'
import { adapterBetween } from './between.ts'

/** Long enough for a machine that is busy with other tests. */
const timeout = 15_000

/** What a server tells the others. */
type Told = { readonly message: { readonly type: MessageType } }

/** One process's sockets: a room `all`, that everybody is in, and one of each name. */
type Member = {
  readonly sockets: Server
  readonly connect: (
    name: string,
  ) => Promise<{ readonly socket: Socket; readonly heard: unknown[] }>
  /** Ends as by `kill -9`: nobody is told. */
  readonly die: () => void
}

const betweenSockets = (name: string, make: () => Promise<BetweenFixture>, hasStore: boolean) =>
  describe(`sockets of several processes, by ${name}`, () => {
    /** Memory does not go away. */
    const stores = hasStore ? ['the store'] : []
    let fixture: BetweenFixture
    let opened: AsyncDisposableStack
    beforeEach(async () => {
      fixture = await make()
      opened = new AsyncDisposableStack()
    })
    afterEach(async () => {
      await opened.disposeAsync()
      await fixture[Symbol.asyncDispose]()
    })

    const join = async (): Promise<Member> => {
      const between = await fixture.open()
      const server = createServer()
      let dead = false
      const sockets = new Server(server, {
        adapter: adapterBetween(
          {
            tell: (topic, message) => (dead ? Promise.resolve() : between.tell(topic, message)),
            hear: (topic, listener) =>
              between.hear(topic, (message) => {
                if (!dead) listener(message)
              }),
          },
          { heartbeatInterval: 100, heartbeatTimeout: 1_500 },
        ),
      })
      sockets.on('connection', (socket) => {
        const { name: who } = socket.handshake.auth as { name: string }
        socket.data = { who }
        void socket.join(['all', who])
        socket.emit('in')
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      opened.defer(() => sockets.close())
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      return {
        sockets,
        connect: async (who) => {
          const auth = { name: who, token: 'a-secret-of-theirs' }
          const socket = io(`http://127.0.0.1:${port}`, { auth, forceNew: true })
          opened.defer(() => void socket.disconnect())
          const heard: unknown[] = []
          socket.on('told', (message) => void heard.push(message))
          const entered = new Promise((resolve) => socket.once('in', resolve))
          await letIn(socket)
          await entered
          return { socket, heard }
        },
        die: () => (dead = true),
      }
    }
    /** Waits until each knows of so many. */
    const known = async (count: number, ...members: readonly Member[]) => {
      for (const { sockets } of members)
        await expect.poll(() => sockets.of('/').adapter.serverCount(), { timeout }).toBe(count)
    }

    test('what is emitted reaches each socket once, wherever it is, and in order; what is local stays', async () => {
      const [one, two] = [await join(), await join()]
      await known(2, one, two)
      const [ann, bob] = [await one.connect('ann'), await two.connect('bob')]
      for (let n = 0; n < 50; n++) one.sockets.to('all').emit('told', n)
      one.sockets.local.to('all').emit('told', 'here')
      two.sockets.local.to('all').emit('told', 'there')
      one.sockets.to('bob').emit('told', { text: 'ä'.repeat(20_000) })
      two.sockets.to('all').except('bob').emit('told', 'not for bob')
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      await expect.poll(() => bob.heard.length, { timeout }).toBe(52)
      await expect.poll(() => ann.heard.length, { timeout }).toBe(52)
      // What is near comes when it likes.
      expect(bob.heard.filter((it) => it !== 'there')).toEqual([
        ...numbers,
        { text: 'ä'.repeat(20_000) },
      ])
      expect(ann.heard.filter((it) => it !== 'here')).toEqual([...numbers, 'not for bob'])
    })

    test('sockets are found wherever they are, without what they have proven themselves with', async () => {
      const [one, two] = [await join(), await join()]
      await known(2, one, two)
      await one.connect('ann')
      const { socket } = await two.connect('bob')
      const found = await one.sockets.in('all').fetchSockets()
      expect(new Set(found.map(({ data }) => data.who))).toEqual(new Set(['ann', 'bob']))
      const bob = found.find(({ id }) => id === socket.id)
      expect([...(bob?.rooms ?? [])]).toEqual([socket.id, 'all', 'bob'])
      expect(JSON.stringify(bob?.handshake)).not.toContain('secret')
      expect(bob?.handshake.headers).toEqual({})
    })

    test('they are ended wherever they are', async () => {
      const [one, two] = [await join(), await join()]
      await known(2, one, two)
      const ann = await two.connect('ann')
      const bob = await two.connect('bob')
      one.sockets.in('ann').disconnectSockets(true)
      await expect.poll(() => ann.socket.connected, { timeout }).toBe(false)
      expect(bob.socket.connected).toBe(true)
    })

    test('processes ask each other, and do not wait for one that has died or left', async () => {
      const [one, two, three] = [await join(), await join(), await join()]
      await known(3, one, two, three)
      two.sockets.on('how many', (answer: (count: number) => void) => answer(2))
      three.sockets.on('how many', (answer: (count: number) => void) => answer(3))
      const ask = async (): Promise<number[]> => one.sockets.serverSideEmitWithAck('how many')
      expect(new Set(await ask())).toEqual(new Set([2, 3]))
      three.die()
      expect(await ask()).toEqual([2])
      await known(2, one)
      await two.sockets.close()
      await known(1, one)
      expect(await ask()).toEqual([])
    })

    test.each(stores)(
      'sockets hear what was told while %s was away, and meanwhile those that are near',
      async () => {
        const [one, two] = [await join(), await join()]
        await known(2, one, two)
        const [ann, bob] = [await one.connect('ann'), await two.connect('bob')]
        await fixture.outage?.begin()
        one.sockets.to('all').emit('told', 1)
        one.sockets.to('all').emit('told', 2)
        await expect.poll(() => ann.heard, { timeout }).toEqual([1, 2])
        expect(bob.heard).toEqual([])
        await fixture.outage?.end()
        one.sockets.to('all').emit('told', 3)
        await expect.poll(() => bob.heard, { timeout }).toEqual([1, 2, 3])
        expect(ann.heard).toEqual([1, 2, 3])
      },
    )
  })

betweenSockets('memory', inMemory, false)
betweenSockets('PostgreSQL', inPostgres, true)
describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  betweenSockets('Redis', inRedis, true)
})

test('a server that hears of no other says that it lives twice a minute, and like the others once it does', () => {
  vi.useFakeTimers()
  try {
    const said: MessageType[] = []
    let hears: (passed: unknown) => void = () => undefined
    const sockets = new Server({
      adapter: adapterBetween({
        tell: async (_, passed) => void said.push((passed as Told).message.type),
        hear: (_, listener) => {
          hears = listener
          return () => undefined
        },
      }),
    })
    /** What is said within so many ms. */
    const within = (ms: number) => {
      said.length = 0
      vi.advanceTimersByTime(ms)
      return said.length
    }
    expect(said).toEqual([MessageType.INITIAL_HEARTBEAT])
    expect(within(29_000)).toBe(0)
    expect(within(60_000)).toBe(2)
    hears({ message: { uid: 'another', nsp: '/', type: MessageType.INITIAL_HEARTBEAT } })
    expect(within(11_000)).toBe(2)
    hears({ message: { uid: 'another', nsp: '/', type: MessageType.HEARTBEAT } })
    expect(within(11_000)).toBe(2)
    // The other is silent for longer than one that lives.
    within(10_000)
    expect(within(60_000)).toBeLessThanOrEqual(2)
    void sockets.of('/').adapter.close()
  } finally {
    vi.useRealTimers()
  }
})
