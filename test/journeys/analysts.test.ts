import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'
import { listening, positionsOf } from '../support/analysts.ts'
import { callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'

const patient = { timeout: 120_000 }

test('a replay is played and controlled through two processes, and the state of a stream is read at an earlier revision', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const env = { POSTGRES_URL: database.url, AGORA_ESDB_PORT: 'off' }
  await using one = await startAgora(data.path, env)
  await using other = await startAgora(data.path, env)
  const ada = await one.shop.register('ada')
  const lamp = await one.shop.sell(100)
  const order = await ada.buy({ [lamp]: 1 })
  expect((await ada.settled(order)).status).toBe('CONFIRMED')

  const { token, id } = await one.shop.admin()
  const [here, there] = [callAt(one.url, token), callAt(other.url, token)]
  const stream = `/analytics/streams/order-${order}`
  const first = await here('GET', `${stream}/state?at=0`)
  expect(first.body.data).toMatchObject({ events: 1, state: { status: 'PENDING' } })
  const now = await there('GET', `${stream}/state`)
  expect(now.body.data.state.status).toBe('CONFIRMED')
  const then = await there('GET', `${stream}/state?at=${first.body.data.at}`)
  expect(then.body.data.events).toBeLessThan(now.body.data.events)

  // As slow as can be waited for: the first few events took longer than this takes.
  const started = await here('POST', '/analytics/replays', { speed: 0.01 })
  expect(started.body.data).toMatchObject({ status: 'RUNNING', startedBy: id })
  const { id: replayId, untilPosition } = started.body.data
  const sockets = [one, other].map(({ url }) =>
    io(`${url}/analytics`, { auth: { token }, forceNew: true }),
  )
  try {
    const listeners = sockets.map(listening)
    for (const socket of sockets)
      expect(await socket.emitWithAck('replay:start', { replayId })).toMatchObject({ ok: true })
    const paused = await there('POST', `/analytics/replays/${replayId}/pause`)
    expect(paused.body.data.status).toBe('PAUSED')
    for (const { progress } of listeners)
      await expect.poll(() => progress.at(-1)?.paused, patient).toBe(true)
    const { position } = paused.body.meta
    const seen = await here('GET', `/analytics/replays/${replayId}?minPosition=${position}`)
    expect(seen.body.data.status).toBe('PAUSED')
    expect((await here('POST', `/analytics/replays/${replayId}/resume`)).status).toBe(200)
    for (const { progress } of listeners)
      await expect.poll(() => progress.at(-1)?.paused, patient).toBe(false)
    expect((await there('DELETE', `/analytics/replays/${replayId}`)).status).toBe(200)
    for (const { done } of listeners)
      await expect.poll(() => done.map(({ outcome }) => outcome), patient).toEqual(['stopped'])

    // The whole replay at full speed, through the other process.
    const [, quick] = sockets
    const whole = await quick!.emitWithAck('replay:start', { until: untilPosition })
    await expect
      .poll(() => listeners[1]!.done.at(-1), patient)
      .toMatchObject({
        outcome: 'completed',
        position: untilPosition,
      })
    const messages = listeners[1]!.events.filter((event) => event.replayId === whole.replayId)
    expect(positionsOf(messages)).toEqual(
      Array.from({ length: Number(untilPosition) }, (_, index) => index + 1),
    )
    expect(JSON.stringify(messages)).not.toMatch(/argon2|ada@example|tok_ok/)
  } finally {
    for (const socket of sockets) socket.disconnect()
  }

  const counted = await Promise.all([here, there].map((call) => call('GET', '/analytics/streams')))
  const [counts] = counted.map(({ body }) => body.data.categories)
  expect(counts).toContainEqual({ category: 'order', streams: 1, events: now.body.data.events })
  expect(counts).toContainEqual(expect.objectContaining({ category: 'replay', streams: 2 }))
})
