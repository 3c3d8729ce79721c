import { crc32, deflateSync } from 'node:zlib'

const bytes = (latin1: string): Buffer => Buffer.from(latin1, 'latin1')

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([bytes(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG in black. Its pixels are left out where there are many. @param more bytes in a chunk of its own, to tell pictures apart */
export const png = (width: number, height: number, more = ''): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const isLarge = width * height > 1_000_000
  const pixels = isLarge ? Buffer.alloc(9) : Buffer.alloc((width + 1) * height)
  return Buffer.concat([
    bytes('\u0089PNG\r\n\u001a\n'),
    chunk('IHDR', header),
    ...(more === '' ? [] : [chunk('tEXt', bytes(`Comment\u0000${more}`))]),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A GIF without pixels. */
export const gif = (width: number, height: number): Buffer => {
  const header = bytes('GIF89a\0\0\0\0\0\0\0')
  header.writeUInt16LE(width, 6)
  header.writeUInt16LE(height, 8)
  return Buffer.concat([header, bytes(';')])
}

/** A JPEG without pixels. @param before length of the segment of metadata before its size */
export const jpeg = (width: number, height: number, before = 20): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt16BE(height, 0)
  size.writeUInt16BE(width, 2)
  const metadata = Buffer.alloc(before)
  metadata.writeUInt16BE(before, 0)
  return Buffer.concat([
    bytes('\u00ff\u00d8\u00ff\u00e1'),
    metadata,
    bytes('\u00ff\u00c0\u0000\u000b\u0008'),
    size,
    bytes('\u0001\u0001\u0011\u0000\u00ff\u00d9'),
  ])
}

const uint24 = (value: number): Buffer => {
  const written = Buffer.alloc(4)
  written.writeUInt32LE(value)
  return written.subarray(0, 3)
}

/** A WebP of the extended form, without pixels. */
export const webp = (width: number, height: number): Buffer =>
  Buffer.concat([
    bytes('RIFF\u0020\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0'),
    uint24(width - 1),
    uint24(height - 1),
    Buffer.alloc(8),
  ])

/** Boxes of an AVIF as far as the size of the picture. */
export const avif = (width: number, height: number): Buffer => {
  const size = Buffer.alloc(8)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  return Buffer.concat([
    bytes('\0\0\0\u0018ftypavif\0\0\0\0mif1miaf'),
    bytes('\0\0\0\u0040meta\0\0\0\0\0\0\0\u0014ispe\0\0\0\0'),
    size,
  ])
}

/** The beginnings of videos and documents. */
export const mp4 = bytes('\0\0\0\u0018ftypisom\0\0\u0002\0isomiso2')
/** See `mp4`. */
export const webm = bytes(
  '\u001aE\u00df\u00a3\u0001\0\0\0\0\0\0\u001fB\u0086\u0081\u0001B\u0082\u0084webm',
)
/** See `mp4`. */
export const pdf = bytes('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n')
/** The beginning of an archive. */
export const zip = bytes('PK\u0003\u0004\u0014\0\0\0\u0008\0')
