import { describe, expect, test } from 'vitest'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'

describe('closing the sockets', () => {
  test('disconnects clients and rejects new connections', async () => {
    await using world = await socketWorld()
    const sockets = ['websocket', 'polling'].map((transport) =>
      world.connect('/orders', world.tokenOf(someUser()), {
        transports: [transport],
        reconnection: false,
      }),
    )
    await Promise.all(sockets.map(letIn))
    const ended = sockets.map(
      (socket) => new Promise((resolve) => socket.once('disconnect', resolve)),
    )
    await world.closeSockets()
    // Clients reconnect by themselves after these reasons, but not after `io server disconnect`.
    for (const reason of await Promise.all(ended)) expect(reason).toMatch(/^transport /)
    await expect(
      letIn(world.connect('/orders', world.tokenOf(someUser()), { reconnection: false })),
    ).rejects.toThrow('xhr poll error')
  })

  test('sends WebSockets a close frame', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()), {
      transports: ['websocket'],
      reconnection: false,
    })
    await letIn(socket)
    const code = new Promise((resolve) => {
      socket.on('disconnect', (_, details) =>
        resolve(
          details && 'context' in details ? (details.context as { code?: unknown }).code : details,
        ),
      )
    })
    await world.closeSockets()
    // 1005: closed by a frame without a code; 1006: cut off (RFC 6455 §7.4.1).
    expect(await code).toBe(1005)
  })

  test('leaves the HTTP server open, and may be repeated', async () => {
    await using world = await socketWorld()
    await Promise.all([world.closeSockets(), world.closeSockets()])
    expect(await (await fetch(`${world.url}/plain`)).text()).toBe('plain')
  })

  test('does not wait for an unresponsive client', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser()), {
      transports: ['websocket'],
      reconnection: false,
    })
    await letIn(socket)
    const { ws } = socket.io.engine.transport as unknown as { ws: { _socket?: { pause(): void } } }
    ws._socket?.pause()
    await expect(world.closeSockets()).resolves.toBeUndefined()
  })
})

test('other HTTP requests are answered as before', async () => {
  await using world = await socketWorld()
  expect(await (await fetch(`${world.url}/plain`)).text()).toBe('plain')
  expect((await fetch(`${world.url}/socket.io/socket.io.js`)).status).toBe(400)
})
