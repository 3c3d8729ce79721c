import type { Blobs, StagedBlob } from '../../../platform/storage/blobs/port.ts'
import type { MediaSettings } from '../../../serving/ports.ts'
import { invalid, Problem } from '../../../serving/problem.ts'
import type { IncomingFile } from '../../../serving/upload.ts'
import { inOneLine } from '../../shared/index.ts'
import {
  controls,
  kindOf,
  maxPixels,
  pictureSize,
  sizeShowsIn,
  typeOf,
  typeShowsIn,
  type AcceptedType,
  type PictureSize,
} from '../language.ts'

/** A file that has arrived as a whole, and was found to be what it may be. */
export type ReceivedFile = Partial<PictureSize> & {
  readonly staged: StagedBlob
  readonly mime: AcceptedType
  readonly name?: string
}

const wrongType = (field: string, message: string) =>
  new Problem(415, 'unsupported_media_type', `${field} ${message}.`, [{ field, message }])

const tooLarge = (field: string, what: string, cap: number) => {
  const message = `must have at most ${cap} bytes, as ${what}`
  return new Problem(413, 'too_large', `${field} ${message}.`, [{ field, message }])
}

/** Markup that browsers run when they take a picture for a page. */
const markup = /<(?:script|html|svg|!doctype|iframe|body|\?xml)[\s>]/i
const longestMarkup = 10

/** Checks each piece of a file, once its type is known. @throws Problem 415 */
const contentCheck = (mime: AcceptedType, field: string): ((chunk: Buffer) => void) => {
  if (mime === 'text/plain') {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    return (chunk) => {
      let text: string
      try {
        text = decoder.decode(chunk, { stream: true })
      } catch {
        throw wrongType(field, 'must be a text in UTF-8, or of another type that is accepted')
      }
      if (controls.test(text)) throw wrongType(field, 'must be a text without control characters')
    }
  }
  if (kindOf(mime) !== 'image') return () => undefined
  let end = ''
  return (chunk) => {
    const text = end + chunk.toString('latin1')
    if (text.includes('<') && markup.test(text))
      throw wrongType(field, 'must be a picture alone, without markup of a page in it')
    end = text.slice(-longestMarkup)
  }
}

const typeIn = (head: Buffer, field: string): AcceptedType => {
  const type = typeOf(head)
  if (type) return type
  throw wrongType(
    field,
    'must be a picture (JPEG, PNG, WebP, GIF, AVIF), a video (MP4, WebM), a PDF or a plain text by its content',
  )
}

/** Passes the bytes of a file on while they are what they may be. @param found called with the type */
const checked = async function* (
  bytes: IncomingFile['bytes'],
  caps: MediaSettings['caps'],
  field: string,
  found: (mime: AcceptedType) => void,
): AsyncGenerator<Buffer, void, undefined> {
  let size = 0
  let head = Buffer.alloc(0)
  let state: { readonly check: (chunk: Buffer) => void; readonly mime: AcceptedType } | undefined
  const begin = (): Buffer => {
    const mime = typeIn(head.subarray(0, typeShowsIn), field)
    found(mime)
    state = { mime, check: contentCheck(mime, field) }
    return pass(head)
  }
  const pass = (chunk: Buffer): Buffer => {
    if (!state) return chunk
    const kind = kindOf(state.mime)
    if (size > caps[kind])
      throw tooLarge(field, `${kind === 'image' ? 'an' : 'a'} ${kind}`, caps[kind])
    state.check(chunk)
    return chunk
  }
  for await (const piece of bytes) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    size += chunk.length
    if (state) yield pass(chunk)
    else {
      head = Buffer.concat([head, chunk])
      if (head.length >= typeShowsIn) yield begin()
    }
  }
  if (size === 0) throw invalid(field, 'must not be empty')
  if (!state) yield begin()
}

/** Width and height of a picture. @throws Problem 415 when its header has none, 413 for too many pixels */
const sizeOfPicture = async (
  mime: AcceptedType,
  staged: StagedBlob,
  field: string,
): Promise<Partial<PictureSize>> => {
  if (kindOf(mime) !== 'image') return {}
  const size = pictureSize(mime, await staged.read(0, sizeShowsIn))
  if (!size) throw wrongType(field, 'must be a whole picture; its header has no width and height')
  if (size.width * size.height <= maxPixels) return size
  const message = `must have at most ${maxPixels} pixels, not ${size.width} × ${size.height}`
  throw new Problem(413, 'too_many_pixels', `${field} ${message}.`, [{ field, message }])
}

/** The name of a file, without folders and what deceives; undefined when nothing is left. */
const nameOf = (claimed: string | undefined): string | undefined => {
  const last = claimed?.split(/[/\\]/).at(-1) ?? ''
  const name = inOneLine(last).slice(0, 255).toWellFormed()
  return /^\.*$/.test(name) ? undefined : name
}

/**
 * Receives a file into the store of blobs: its type is found by its first bytes, its size counted as it arrives. Nothing
 * remains of a file that is refused.
 * @param field for messages: `file[1]`
 * @param announced the only type that the file may be of, if one was announced
 * @throws Problem 400, 413, 415 naming the field, OutOfSpace, Unavailable
 */
export const receiveFile = async (
  blobs: Pick<Blobs, 'stage'>,
  { name: claimed, bytes }: IncomingFile,
  field: string,
  caps: MediaSettings['caps'],
  announced?: AcceptedType,
): Promise<ReceivedFile> => {
  let mime: AcceptedType | undefined
  const staged = await blobs.stage(
    checked(bytes, caps, field, (found) => {
      if (announced !== undefined && found !== announced)
        throw wrongType(field, `must be ${announced}, as it was announced; it is ${found}`)
      mime = found
    }),
  )
  try {
    if (!mime) throw invalid(field, 'must not be empty')
    const size = await sizeOfPicture(mime, staged, field)
    const name = nameOf(claimed)
    return { staged, mime, ...size, ...(name !== undefined && { name }) }
  } catch (error) {
    await staged[Symbol.asyncDispose]()
    throw error
  }
}
