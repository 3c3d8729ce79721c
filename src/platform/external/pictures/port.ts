/** Media types of pictures that are cleaned. */
export const pictureTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
] as const

/** Media type of a picture that is cleaned. */
export type PictureType = (typeof pictureTypes)[number]

/** What is made of a picture. */
export type PictureWork = {
  /** The type that its bytes begin as. */
  readonly type: PictureType
  /** Most pixels of all its frames together. */
  readonly maxPixels: number
  /** Sides of the squares, in pixels, that thumbnails fit into, ascending. */
  readonly sizes: readonly number[]
}

/** A picture that was made: the cleaned one, or a thumbnail. */
export type MadePicture = {
  /** Size of the square that a thumbnail fits into; undefined for the cleaned picture. */
  readonly box?: number | undefined
  readonly width: number
  readonly height: number
  /** Has to be read to its end before the next one is made available. */
  readonly bytes: AsyncIterable<Buffer>
}

/** What is known of a picture once it is decoded. */
export type PictureFacts = {
  /** The colour that most of it has: `#rrggbb`. */
  readonly colour: string
}

/**
 * Decodes pictures of strangers. What is made has neither metadata (position, device, names) nor anything but pixels of its
 * source, and is the right way up. A source of the same bytes makes the same bytes.
 */
export type Pictures = {
  /**
   * Cleans a picture, and makes its thumbnails: WebP, of its first frame, none larger than the picture. A size is left out
   * when a smaller one holds the whole picture already.
   * @param receive called with the cleaned picture, which has the type of its source, then with each thumbnail
   * @throws BadPicture when the source is no picture of its type, or has too many pixels
   * @throws PictureFailed when decoding ended without a result: it used too much memory, or crashed
   * @throws PictureTooSlow when it used too much time
   * @throws every error of the source and of `receive`
   */
  readonly clean: (
    source: AsyncIterable<Uint8Array>,
    work: PictureWork,
    receive: (made: MadePicture) => Promise<void>,
  ) => Promise<PictureFacts>
}

/** Reasons for which a picture is refused. */
export type BadPictureReason = 'unreadable' | 'too_many_pixels'

/** A source is no picture that is accepted. Trying again does not help. */
export class BadPicture extends Error {
  override name = 'BadPicture'
  readonly reason: BadPictureReason
  constructor(reason: BadPictureReason) {
    super(`The picture is refused: ${reason}`)
    this.reason = reason
  }
}

/** Decoding ended without a result. */
export class PictureFailed extends Error {
  override name = 'PictureFailed'
}

/** Decoding took too much time, which it would again. */
export class PictureTooSlow extends PictureFailed {
  override name = 'PictureTooSlow'
}
