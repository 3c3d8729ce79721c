import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { watchedStream } from './watched-stream.ts'

test('a store that sends nothing more ends the stream', async () => {
  const body = new Readable({ read: () => undefined })
  body.push('half')
  const stream = watchedStream(body, { idleMs: 20 })
  await expect(buffer(stream)).rejects.toThrow(Unavailable)
  await vi.waitFor(() => expect(body.destroyed).toBe(true))
})

test('a store that fails ends the stream', async () => {
  const body = new Readable({ read: () => body.destroy(new Error('reset')) })
  await expect(buffer(watchedStream(body))).rejects.toThrow('stopped in the middle')
})

test('a reader that stops, or never begins, lets go of the store', async () => {
  for (const begins of [true, false]) {
    const body = Readable.from([Buffer.from('one'), Buffer.from('two')])
    const stream = watchedStream(body)
    if (begins) await stream[Symbol.asyncIterator]().next()
    stream.destroy()
    await vi.waitFor(() => expect(body.destroyed).toBe(true))
  }
})

test('a reader may take longer than the store may', async () => {
  const stream = watchedStream(Readable.from([Buffer.from('one'), Buffer.from('two')]), {
    idleMs: 5,
  })
  const read: string[] = []
  for await (const chunk of stream) {
    read.push(String(chunk))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(read.join('')).toBe('onetwo')
})
