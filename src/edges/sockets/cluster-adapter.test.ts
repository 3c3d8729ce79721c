import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { MessageType } from 'socket.io-adapter'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasRedis, needsRedis } from '../../../test/support/redis.ts'
import { letIn } from '../../../test/support/sockets.ts'
import {
  inMemory,
  inPostgres,
  inRedis,
  type ProcessBusFixture,
} from '../../platform/messaging/process-bus/testing/fixtures.ts'
import { clusterAdapter } from './cluster-adapter.ts'

/** Timeout in ms that is long enough for a machine busy with other tests. */
const timeout = 15_000

/** The sockets of one process: a room `all` with every socket, and a room for each name. */
type Member = {
  readonly sockets: Server
  readonly connect: (
    name: string,
  ) => Promise<{ readonly socket: Socket; readonly heard: unknown[] }>
}

const betweenSockets = (name: string, make: () => Promise<ProcessBusFixture>, hasStore: boolean) =>
  describe(`sockets of several processes, by ${name}`, () => {
    /** The memory bus has no outages. */
    const stores = hasStore ? ['the store'] : []
    let fixture: ProcessBusFixture
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
      const sockets = new Server(server, { adapter: clusterAdapter(between, ['/']) })
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
          const auth = { name: who }
          const socket = io(`http://127.0.0.1:${port}`, { auth, forceNew: true })
          opened.defer(() => void socket.disconnect())
          const heard: unknown[] = []
          socket.on('told', (message) => void heard.push(message))
          const entered = new Promise((resolve) => socket.once('in', resolve))
          await letIn(socket)
          await entered
          return { socket, heard }
        },
      }
    }
    test('a message reaches each socket of all processes once and in order; a local one stays in its process', async () => {
      const [one, two] = [await join(), await join()]
      const [ann, bob] = [await one.connect('ann'), await two.connect('bob')]
      for (let n = 0; n < 50; n++) one.sockets.to('all').emit('told', n)
      one.sockets.local.to('all').emit('told', 'here')
      two.sockets.local.to('all').emit('told', 'there')
      one.sockets.to('bob').emit('told', { text: 'ä'.repeat(20_000) })
      two.sockets.to('all').except('bob').emit('told', 'not for bob')
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      await expect.poll(() => bob.heard.length, { timeout }).toBe(52)
      await expect.poll(() => ann.heard.length, { timeout }).toBe(52)
      // Local messages are not ordered with those of the bus.
      expect(bob.heard.filter((it) => it !== 'there')).toEqual([
        ...numbers,
        { text: 'ä'.repeat(20_000) },
      ])
      expect(ann.heard.filter((it) => it !== 'here')).toEqual([...numbers, 'not for bob'])
    })

    test('sockets of other processes are disconnected', async () => {
      const [one, two] = [await join(), await join()]
      const ann = await two.connect('ann')
      const bob = await two.connect('bob')
      one.sockets.in('ann').disconnectSockets(true)
      await expect.poll(() => ann.socket.connected, { timeout }).toBe(false)
      expect(bob.socket.connected).toBe(true)
    })

    test('sockets of other processes join and leave rooms', async () => {
      const [one, two] = [await join(), await join()]
      const bob = await two.connect('bob')
      one.sockets.in('bob').socketsJoin('tea')
      one.sockets.to('tea').emit('told', 1)
      one.sockets.in('bob').socketsLeave('tea')
      one.sockets.to('tea').emit('told', 2)
      one.sockets.to('bob').emit('told', 3)
      await expect.poll(() => bob.heard, { timeout }).toEqual([1, 3])
    })

    test.each(stores)(
      'messages during an outage of %s reach local sockets at once and remote ones afterwards',
      async () => {
        const [one, two] = [await join(), await join()]
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

describe('a single server', () => {
  /** A server, the messages that it publishes, and a function that delivers one to it. */
  const alone = () => {
    const said: unknown[] = []
    const topics: string[] = []
    let hears: (passed: unknown) => void = () => undefined
    const between = {
      publish: async (_: string, passed: unknown) => void said.push(passed),
      subscribe: (topic: string, listener: (passed: unknown) => void) => {
        topics.push(topic)
        hears = listener
        return () => undefined
      },
    }
    const sockets = new Server({ adapter: clusterAdapter(between, ['/']) })
    return { sockets, said, topics, hear: (passed: unknown) => hears(passed) }
  }

  test('subscribes to the bus for its namespaces only, not for others that clients name', () => {
    const { sockets, topics } = alone()
    sockets.of('/secrets')
    expect(topics).toEqual(['sockets:/'])
  })

  test('publishes nothing while it is idle', () => {
    vi.useFakeTimers()
    try {
      const { sockets, said } = alone()
      vi.advanceTimersByTime(10 * 60_000)
      void sockets.of('/').adapter.close()
      vi.advanceTimersByTime(10 * 60_000)
      expect(said).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  test('does not answer heartbeats and requests of older versions', async () => {
    const { sockets, said, hear } = alone()
    const from = { uid: 'another', nsp: '/' }
    hear({ message: { ...from, type: MessageType.INITIAL_HEARTBEAT } })
    const data = { requestId: '1', opts: { rooms: [], except: [], flags: {} } }
    hear({ message: { ...from, type: MessageType.FETCH_SOCKETS, data } })
    hear({ response: { ...from, type: MessageType.FETCH_SOCKETS_RESPONSE }, to: 'another' })
    hear(null)
    await sockets.local.fetchSockets()
    expect(said).toEqual([])
  })

  test('refuses operations that need responses of other processes, unless local', async () => {
    const { sockets, said } = alone()
    const refusal = 'use `local`'
    await expect(sockets.fetchSockets()).rejects.toThrow(refusal)
    await expect(sockets.timeout(1_000).emitWithAck('how many')).rejects.toThrow(refusal)
    await expect(sockets.serverSideEmitWithAck('how many')).rejects.toThrow(refusal)
    expect(() => sockets.serverSideEmit('how many')).toThrow(refusal)
    expect(await sockets.local.fetchSockets()).toEqual([])
    expect(await sockets.local.timeout(1_000).emitWithAck('how many')).toEqual([])
    expect(said).toEqual([])
  })
})
