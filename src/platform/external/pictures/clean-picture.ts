import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { BadPicture, type PictureType, type PictureWork } from './port.ts'

// One picture at a time, in one thread, and nothing of it stays in memory.
sharp.cache(false)
sharp.concurrency(1)
// Only these decoders are reachable: SVG, PDF and others would run what a file says.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
})

/** A picture that was made, in memory. */
type Made = {
  readonly box?: number
  readonly width: number
  readonly height: number
  readonly data: Buffer
}

/** Names of the formats in the metadata of their pictures. */
const formats: Readonly<Record<PictureType, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'heif',
}

/** Encodes as the type of the source. Encoders are set for speed where they differ by seconds. */
const encoders: Readonly<Record<PictureType, (picture: Sharp) => Sharp>> = {
  'image/jpeg': (picture) => picture.jpeg({ quality: 90 }),
  'image/png': (picture) => picture.png(),
  'image/webp': (picture) => picture.webp({ quality: 90, effort: 2 }),
  'image/gif': (picture) => picture.gif({ effort: 3 }),
  'image/avif': (picture) => picture.avif({ quality: 65, effort: 0 }),
}

/** Runs a step of decoding. @throws BadPicture instead of an error of the decoder */
const decoding = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (error) {
    if (error instanceof BadPicture) throw error
    throw new BadPicture('unreadable')
  }
}

/** Number of frames to decode. @throws BadPicture for another type than is claimed, and for too many pixels */
const framesOf = async (input: Buffer, { type, maxPixels }: PictureWork): Promise<number> => {
  // Of the header alone: nothing is decoded yet.
  const header = sharp(input, { limitInputPixels: false, failOn: 'error' })
  const { format, pages = 1, width, height } = await header.metadata()
  if (format !== formats[type]) throw new BadPicture('unreadable')
  // Other frames of an AVIF are no animation for the encoder.
  const frames = type === 'image/gif' || type === 'image/webp' ? pages : 1
  if (width * height * frames > maxPixels) throw new BadPicture('too_many_pixels')
  return frames
}

const hex = (part: number): string => part.toString(16).padStart(2, '0')

/** Makes thumbnails from the largest of them, so that the source is decoded once. */
const thumbnailsOf = async (input: Buffer, limits: SharpOptions, sizes: readonly number[]) => {
  const largest = sizes.at(-1) ?? 1
  const first = await sharp(input, limits)
    .autoOrient()
    .resize({ width: largest, height: largest, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: first.info.width, height: first.info.height, channels: first.info.channels }
  const side = Math.max(raw.width, raw.height)
  const made: Made[] = []
  for (const [index, box] of sizes.entries()) {
    if ((sizes[index - 1] ?? 0) >= side) break
    const { data, info } = await sharp(first.data, { raw })
      .resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer({ resolveWithObject: true })
    made.push({ box, width: info.width, height: info.height, data })
  }
  const { dominant } = await sharp(first.data, { raw }).stats()
  const colour = `#${hex(dominant.r)}${hex(dominant.g)}${hex(dominant.b)}`
  return { made, colour }
}

/**
 * Cleans a picture, and makes its thumbnails, in this process: see `Pictures`.
 * @throws BadPicture
 */
export const cleanPicture = (input: Buffer, work: PictureWork) =>
  decoding(async () => {
    const limits: SharpOptions = { limitInputPixels: work.maxPixels, failOn: 'error' }
    const frames = await framesOf(input, work)
    const source = sharp(input, { ...limits, pages: frames })
    // The turn is part of the metadata, which is not written: pixels are turned instead. Animations have none.
    const upright = frames === 1 ? source.autoOrient() : source
    const { data, info } = await encoders[work.type](upright).toBuffer({ resolveWithObject: true })
    const { made, colour } = await thumbnailsOf(input, limits, work.sizes)
    const height = info.pageHeight ?? info.height
    return { colour, made: [{ width: info.width, height, data }, ...made] }
  })
