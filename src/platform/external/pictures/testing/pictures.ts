import sharp from 'sharp'

/** Orientation of a camera that was turned: the first row of pixels is the right side. */
const turned = 6

/** A JPEG as a telephone takes it: on its side, with position and name in EXIF. @param width before it is turned */
export const gpsPicture = (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .withExif({
      IFD0: {
        Artist: 'Ann of the Lane',
        Copyright: 'Ann of the Lane',
        Orientation: String(turned),
      },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1', GPSLongitude: '13/1 24/1 0/1' },
    })
    .withMetadata({ orientation: turned })
    .toBuffer()

/** A JPEG with its left half in red and the right one in black, which is to be turned: red is up then. */
export const sideways = async (): Promise<Buffer> => {
  const red = await sharp({ create: { width: 60, height: 80, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer()
  return sharp({ create: { width: 120, height: 80, channels: 3, background: '#000000' } })
    .composite([{ input: red, left: 0, top: 0 }])
    .jpeg()
    .withMetadata({ orientation: turned })
    .toBuffer()
}
