import { expect, test } from 'vitest'
import { gif } from '../../../../test/support/files.ts'
import { memoryBlobs } from '../../../platform/storage/blobs/memory.ts'
import { receiveFile } from './receive-file.ts'

const caps = { image: 100_000, video: 100_000, document: 100_000 }

const receive = (...pieces: readonly (Buffer | string)[]) => {
  const bytes = async function* () {
    for (const piece of pieces) yield Buffer.from(piece)
  }
  return receiveFile(memoryBlobs(), { name: 'a', bytes: bytes() }, 'file[0]', caps)
}

const picture = Buffer.concat([gif(3, 4), Buffer.alloc(5_000, 'x')])

test('markup in a picture is found wherever pieces end', async () => {
  const script = '<script>'
  for (let at = 0; at <= script.length; at += 1)
    await expect(receive(picture, script.slice(0, at), script.slice(at))).rejects.toThrow(
      'without markup of a page in it',
    )
  for (const harmless of [
    '<scripted',
    'script>',
    '< script>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
  ])
    expect(await receive(picture, harmless)).toMatchObject({ mime: 'image/gif', width: 3 })
})

test('a type shows in the first bytes, however small their pieces are', async () => {
  const pieces = [...picture.subarray(0, 30)].map((byte) => Buffer.from([byte]))
  expect(await receive(...pieces)).toMatchObject({ mime: 'image/gif', width: 3, height: 4 })
})

test('characters of a text may be divided over pieces', async () => {
  const text = Buffer.from('ä漢😀'.repeat(2_000))
  const pieces = [text.subarray(0, 4_097), text.subarray(4_097, 5_001), text.subarray(5_001)]
  expect(await receive(...pieces)).toMatchObject({ mime: 'text/plain' })
})
