import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { contentOf, contentTypes } from './event-bytes.ts'
import { toWire } from './wire.ts'

const eventId = 'dc1f3c4e-6f0c-4b1f-9a55-0d6a4b8f1c11'
const at = '2030-01-01T00:00:00.001Z'
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const data = bytes({ text: 'tea' })

test('data of the binary content type are stored as binary, also if they are valid JSON', () => {
  const metadata = bytes(toWire(someMetadata, at))
  const sent = { contentType: contentTypes.binary, data, metadata }
  expect(contentOf(eventId, sent)).toMatchObject({
    data: data.toString('base64'),
    original: { contentType: contentTypes.binary, data: data.toString('base64') },
  })
  const json = contentOf(eventId, { ...sent, contentType: contentTypes.json })
  expect(json).toEqual({ data: { text: 'tea' }, metadata: someMetadata, at })
})
