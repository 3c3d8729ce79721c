import { describe, expect, test } from 'vitest'
import { avif, gif, jpeg, mp4, pdf, png, webm, webp, zip } from '../../../test/support/files.ts'
import { kindOf, mediaTypes, typeOf } from './file-kind.ts'
import { pictureSize } from './picture-size.ts'

test.each([
  [png(1, 1), 'image/png'],
  [gif(1, 1), 'image/gif'],
  [jpeg(1, 1), 'image/jpeg'],
  [webp(1, 1), 'image/webp'],
  [avif(1, 1), 'image/avif'],
  [mp4, 'video/mp4'],
  [webm, 'video/webm'],
  [pdf, 'application/pdf'],
  [Buffer.from('Grüße, 漢字\n'), 'text/plain'],
  [Buffer.from('a < b'), 'text/plain'],
  // The last character is cut off.
  [Buffer.from('ä漢').subarray(0, 4), 'text/plain'],
])('%# is recognised', (bytes, type) => expect(typeOf(bytes)).toBe(type))

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a zip', zip],
  ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
  ['svg after a declaration', Buffer.from('\uFEFF <?xml version="1.0"?><svg/>')],
  ['html', Buffer.from('\n<!DOCTYPE html><p>')],
  ['zeros', Buffer.alloc(100)],
  ['another charset', Buffer.from('Gr\u00fc\u00dfe', 'latin1')],
  ['matroska that is no webm', Buffer.concat([webm.subarray(0, 20), Buffer.from('matroska')])],
  ['boxes of an unknown brand', Buffer.from('\0\0\0\u0010ftypheic\0\0\0\0', 'latin1')],
  ['boxes that end at once', Buffer.from('\0\0\0\u0010ftyp', 'latin1')],
  ['PostScript', Buffer.from('%!PS-Adobe')],
])('%s is of no accepted type', (_, bytes) => expect(typeOf(bytes)).toBeUndefined())

test('every type has a kind', () =>
  expect(new Set(mediaTypes.map(kindOf))).toEqual(new Set(['image', 'video', 'document'])))

describe('the size of a picture', () => {
  test.each([
    ['image/png', png(640, 480)],
    ['image/gif', gif(640, 480)],
    ['image/jpeg', jpeg(640, 480)],
    ['image/jpeg', jpeg(640, 480, 65_535)],
    ['image/webp', webp(640, 480)],
    ['image/avif', avif(640, 480)],
  ] as const)('of %s (%#) is read from its header', (type, bytes) =>
    expect(pictureSize(type, bytes)).toEqual({ width: 640, height: 480 }),
  )

  test('of the simple forms of WebP is read too', () => {
    const riff = (chunk: string) =>
      Buffer.from(`RIFF\u0020\0\0\0WEBP${chunk}`.padEnd(40, '\0'), 'latin1')
    const lossy = riff('VP8 \u0010\0\0\0\u0030\u0001\0\u009d\u0001\u002a\u0080\u0002\u00e0\u0001')
    const lossless = riff('VP8L\u0010\0\0\0\u002f\u007f\u00c2\u0077\u0000')
    expect(pictureSize('image/webp', lossy)).toEqual({ width: 640, height: 480 })
    expect(pictureSize('image/webp', lossless)).toEqual({ width: 640, height: 480 })
  })

  test.each([
    ['image/png', png(640, 480)],
    ['image/gif', gif(640, 480)],
    ['image/jpeg', jpeg(640, 480)],
    ['image/webp', webp(640, 480)],
    ['image/avif', avif(640, 480)],
  ] as const)('of %s that is cut off is unknown or whole, wherever the cut is', (type, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) {
      const size = pictureSize(type, bytes.subarray(0, length))
      expect([undefined, { width: 640, height: 480 }]).toContainEqual(size)
    }
  })

  test('of no pixels, and of no picture, is none', () => {
    expect(pictureSize('image/png', png(0, 5))).toBeUndefined()
    expect(
      pictureSize('image/jpeg', Buffer.from('\u00ff\u00d8\u00ff\u00da........', 'latin1')),
    ).toBeUndefined()
    expect(
      pictureSize('image/jpeg', Buffer.from('\u00ff\u00d8zzzzzzzzzzz', 'latin1')),
    ).toBeUndefined()
    expect(pictureSize('text/plain', Buffer.from('hello'))).toBeUndefined()
  })

  test('of several pictures in one file is that of the largest', () =>
    expect(
      pictureSize('image/avif', Buffer.concat([avif(9, 9), avif(50_000, 50_000), avif(8, 8)])),
    ).toEqual({
      width: 50_000,
      height: 50_000,
    }))
})
