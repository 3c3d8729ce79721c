import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { gpsPicture, sideways } from './testing/pictures.ts'
import { BadPicture, type Pictures, type PictureWork } from './port.ts'

const work: PictureWork = { type: 'image/jpeg', maxPixels: 1_000_000, sizes: [32, 64, 128] }

/** Cleans a picture, and reads all that is made of it. */
export const cleaned = async (
  pictures: Pictures,
  bytes: Buffer | AsyncIterable<Buffer>,
  changes: Partial<PictureWork> = {},
) => {
  const source = async function* () {
    if (!Buffer.isBuffer(bytes)) yield* bytes
    // In several pieces, as files arrive.
    else for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000)
  }
  const made: {
    readonly box?: number | undefined
    readonly width: number
    readonly height: number
    readonly data: Buffer
  }[] = []
  const { colour } = await pictures.clean(source(), { ...work, ...changes }, async (one) => {
    const { bytes: parts, ...facts } = one
    const data = Buffer.concat(await Array.fromAsync(parts))
    made.push({ ...facts, data })
  })
  const [picture, ...thumbnails] = made
  if (!picture) throw new Error('Nothing was made')
  return { colour, picture, thumbnails }
}

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })

const animated = async () => {
  const colours = ['#ff0000', '#00ff00', '#0000ff']
  const frames = await Promise.all(colours.map((colour) => plain(40, 30, colour).png().toBuffer()))
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100, 100] })
    .toBuffer()
}

/** Conformance suite of what cleans pictures. */
export const picturesConformance = (name: string, pictures: Pictures): void => {
  describe(`pictures in ${name}`, () => {
    test('lose their metadata, and are turned upright', async () => {
      const { picture } = await cleaned(pictures, await gpsPicture(200, 100))
      const { width, height, format, exif, xmp, iptc, icc, orientation } = await sharp(
        picture.data,
      ).metadata()
      expect([width, height, format]).toEqual([100, 200, 'jpeg'])
      expect([picture.width, picture.height, picture.box]).toEqual([100, 200, undefined])
      expect([exif, xmp, iptc, icc, orientation]).toEqual(Array.from({ length: 5 }))
      expect(picture.data.toString('latin1')).not.toMatch(/Exif|Ann of the Lane/)
    })

    test('have the pixels where they belong', async () => {
      const { picture, thumbnails } = await cleaned(pictures, await sideways())
      // The source has its red half on the left, and says that its left is the top.
      for (const { data } of [picture, ...thumbnails]) {
        const { data: pixels, info } = await sharp(data).raw().toBuffer({ resolveWithObject: true })
        const at = (x: number, y: number) => pixels[(y * info.width + x) * info.channels] ?? 0
        expect(at(info.width >> 1, 2)).toBeGreaterThan(200)
        expect(at(info.width >> 1, info.height - 3)).toBeLessThan(50)
      }
    })

    test('have thumbnails that fit into their boxes, as few as needed, and a colour', async () => {
      const made = await cleaned(pictures, await plain(100, 50, '#2040c0').png().toBuffer(), {
        type: 'image/png',
      })
      expect(made.thumbnails.map(({ box, width, height }) => [box, width, height])).toEqual([
        [32, 32, 16],
        [64, 64, 32],
        [128, 100, 50],
      ])
      for (const { data } of made.thumbnails)
        expect((await sharp(data).metadata()).format).toBe('webp')
      expect(made.colour).toMatch(/^#[0-3][0-9a-f][3-5][0-9a-f][b-d][0-9a-f]$/)
      const small = await cleaned(pictures, await plain(9, 5, 'red').png().toBuffer(), {
        type: 'image/png',
      })
      expect(small.thumbnails.map(({ box, width }) => [box, width])).toEqual([[32, 9]])
    })

    test.each(['png', 'webp', 'avif'] as const)('%s stays what it is', async (format) => {
      const source = await plain(20, 10, 'green')
        .withExif({ IFD0: { Artist: 'Ann of the Lane' } })
        [format]()
        .toBuffer()
      const { picture } = await cleaned(pictures, source, { type: `image/${format}` })
      const { format: made, exif } = await sharp(picture.data).metadata()
      expect([made, exif]).toEqual([format === 'avif' ? 'heif' : format, undefined])
    })

    test('of several frames stay animated; thumbnails show the first', async () => {
      const { picture, thumbnails } = await cleaned(pictures, await animated(), {
        type: 'image/gif',
      })
      expect((await sharp(picture.data).metadata()).pages).toBe(3)
      expect([picture.width, picture.height]).toEqual([40, 30])
      const [first] = thumbnails
      const { pages, width } = await sharp(first?.data).metadata()
      expect([pages ?? 1, width]).toEqual([1, 32])
      const { dominant } = await sharp(first?.data).stats()
      expect(dominant.r).toBeGreaterThan(200)
    })

    test('of the same bytes make the same bytes', async () => {
      const source = await gpsPicture(30, 20)
      const [one, two] = [await cleaned(pictures, source), await cleaned(pictures, source)]
      expect(one.picture.data.equals(two.picture.data)).toBe(true)
    })

    test('lose what is hidden behind their end', async () => {
      const polyglot = Buffer.concat([await animated(), Buffer.from('<script>alert(1)</script>')])
      const { picture } = await cleaned(pictures, polyglot, { type: 'image/gif' })
      expect(picture.data.includes('script')).toBe(false)
    })

    test('with too many pixels are refused, all frames counted', async () => {
      const refused = { reason: 'too_many_pixels' }
      const large = await plain(1_001, 1_000, 'red').png().toBuffer()
      await expect(cleaned(pictures, large, { type: 'image/png' })).rejects.toMatchObject(refused)
      const limits = { type: 'image/gif', maxPixels: 40 * 30 * 3 - 1 } as const
      await expect(cleaned(pictures, await animated(), limits)).rejects.toMatchObject(refused)
    })

    test.each([
      ['text', async () => Buffer.from('hello')],
      ['nothing', async () => Buffer.alloc(0)],
      ['half a picture', async () => (await gpsPicture(200, 200)).subarray(0, 3_000)],
      ['a picture of another type', () => plain(9, 9, 'red').png().toBuffer()],
      [
        'svg',
        async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      ],
    ])('%s is refused', async (_, source) => {
      const error = await cleaned(pictures, await source()).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(BadPicture)
    })

    test('fail with the error of their source, and of their receiver', async () => {
      const source = async function* () {
        yield Buffer.from('half')
        throw new Error('The store is away')
      }
      await expect(cleaned(pictures, source())).rejects.toThrow('The store is away')
      const picture = await gpsPicture(20, 20)
      const bytes = async function* () {
        yield picture
      }
      const failing = pictures.clean(bytes(), work, async () => {
        throw new Error('The disk is full')
      })
      await expect(failing).rejects.toThrow('The disk is full')
    })
  })
}
