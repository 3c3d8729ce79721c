import { PictureFailed, type BadPictureReason } from './port.ts'

/** What a process that decodes sends before the bytes: what follows, or why nothing does. */
export type Head =
  | { readonly refused: BadPictureReason }
  | {
      readonly colour: string
      readonly made: readonly {
        readonly box?: number | undefined
        readonly width: number
        readonly height: number
        /** In bytes. */
        readonly size: number
      }[]
    }

/** Encodes the head: its length in four bytes, then its JSON. */
export const encodedHead = (head: Head): Buffer => {
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  return Buffer.concat([length, json])
}

/** Longest head, in bytes: a process that a file has taken over could announce anything. */
const longestHead = 10_000

/**
 * Reads parts of known sizes from a stream of bytes, without holding more than a piece of it.
 * @throws PictureFailed when the stream ends before a part does
 */
export const partsOf = (stream: AsyncIterable<Buffer>) => {
  const pieces = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const part = async function* (size: number): AsyncGenerator<Buffer, void, undefined> {
    let missing = size
    while (missing > 0) {
      if (rest.length === 0) {
        const next = await pieces.next()
        if (next.done) throw new PictureFailed('Decoding ended before all of its result was sent')
        rest = next.value
      }
      const piece = rest.subarray(0, missing)
      rest = rest.subarray(piece.length)
      missing -= piece.length
      yield piece
    }
  }
  const whole = async (size: number): Promise<Buffer> => {
    const read: Buffer[] = []
    for await (const piece of part(size)) read.push(piece)
    return Buffer.concat(read)
  }
  return {
    part,
    /** Reads the head. @returns its JSON, which is to be checked */
    head: async (): Promise<string> => {
      const length = (await whole(4)).readUInt32BE()
      if (length > longestHead) throw new PictureFailed('The head of the result is too long')
      return (await whole(length)).toString()
    },
  }
}
