import type { AcceptedType } from './file-kind.ts'

/** Width and height of a picture, in pixels. */
export type PictureSize = { readonly width: number; readonly height: number }

/** Most pixels of a picture: one of 50,000 × 50,000 takes 10 GB once it is decoded. */
export const maxPixels = 100_000_000

/** Most bytes of a picture that its size shows in. */
export const sizeShowsIn = 1024 * 1024

const named = (view: DataView, at: number, name: string): boolean =>
  at >= 0 &&
  at + name.length <= view.byteLength &&
  name.split('').every((sign, index) => view.getUint8(at + index) === sign.charCodeAt(0))

const ofPng = (view: DataView): PictureSize | undefined =>
  named(view, 12, 'IHDR') && view.byteLength >= 24
    ? { width: view.getUint32(16), height: view.getUint32(20) }
    : undefined

const ofGif = (view: DataView): PictureSize | undefined =>
  view.byteLength >= 10
    ? { width: view.getUint16(6, true), height: view.getUint16(8, true) }
    : undefined

/** Three bytes, the lowest first. */
const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) + view.getUint8(at + 2) * 65_536

/** Of the three forms of the first chunk (RFC 9649 §2.5 to §2.7). */
const ofWebp = (view: DataView): PictureSize | undefined => {
  if (view.byteLength < 30) return undefined
  if (named(view, 12, 'VP8X')) return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 }
  if (named(view, 12, 'VP8L') && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (named(view, 12, 'VP8 ') && uint24(view, 23) === 0x2a019d)
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  return undefined
}

/** Markers of a frame's header (ITU-T T.81, table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const ofJpeg = (view: DataView): PictureSize | undefined => {
  let at = 2
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    // Bytes that fill up before a marker.
    if (marker === 0xff) at += 1
    else if (isFrame(marker))
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    // Pixels follow, or the end: no frame has come.
    else if (marker === 0xda || marker === 0xd9) return undefined
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** The largest picture of a file in boxes (ISO/IEC 23008-12 §6.5.3): the boxes `ispe` within `meta`. */
const ofAvif = (view: DataView): PictureSize | undefined => {
  let largest: PictureSize | undefined
  for (let at = 0; at + 16 <= view.byteLength; at += 1) {
    if (view.getUint8(at) !== 0x69 || !named(view, at, 'ispe')) continue
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}

const readers: Partial<Record<AcceptedType, (view: DataView) => PictureSize | undefined>> = {
  'image/png': ofPng,
  'image/gif': ofGif,
  'image/webp': ofWebp,
  'image/jpeg': ofJpeg,
  'image/avif': ofAvif,
}

/**
 * Reads the size of a picture from its header, without decoding it.
 * @param head its first bytes, `sizeShowsIn` or all
 * @returns undefined when the header has none, or of no pixels
 */
export const pictureSize = (type: AcceptedType, head: Uint8Array): PictureSize | undefined => {
  const size = readers[type]?.(new DataView(head.buffer, head.byteOffset, head.byteLength))
  return size && size.width > 0 && size.height > 0 ? size : undefined
}
