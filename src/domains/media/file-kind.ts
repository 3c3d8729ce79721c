const kinds = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/webp': 'image',
  'image/gif': 'image',
  'image/avif': 'image',
  'video/mp4': 'video',
  'video/webm': 'video',
  'application/pdf': 'document',
  'text/plain': 'document',
} as const

/** Media type of a file that is accepted. */
export type AcceptedType = keyof typeof kinds

const isAccepted = (type: string): type is AcceptedType => type in kinds

/** The media types that are accepted. */
export const mediaTypes: readonly AcceptedType[] = Object.keys(kinds).filter(isAccepted)

/** Returns the kind of files of a media type. */
export const kindOf = (type: AcceptedType) => kinds[type]

/** Most bytes of a file that its type shows in. */
export const typeShowsIn = 4_096

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end))

/** Files that begin with the same bytes have the same type (WHATWG MIME Sniffing §6, RFC 6381). */
const signatures: readonly (readonly [start: string, type: AcceptedType])[] = [
  ['\u00ff\u00d8\u00ff', 'image/jpeg'],
  ['\u0089PNG\r\n\u001a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['%PDF-', 'application/pdf'],
]

const pictures: ReadonlySet<string> = new Set(['avif', 'avis'])
const films: ReadonlySet<string> = new Set([
  'isom',
  'iso2',
  'iso4',
  'iso5',
  'iso6',
  'mp41',
  'mp42',
  'avc1',
  'dash',
  'M4V ',
  'MSNV',
])

/** The type of a file in boxes (ISO/IEC 14496-12 §4.3), by its brands: the main one decides, if it is known. */
const typeOfBoxes = (head: Uint8Array): AcceptedType | undefined => {
  const length = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length, 256)
  const brands = [latin1(head, 8, 12)]
  for (let at = 16; at + 4 <= length; at += 4) brands.push(latin1(head, at, at + 4))
  const known = brands.find((brand) => pictures.has(brand) || films.has(brand))
  if (known === undefined) return undefined
  return pictures.has(known) ? 'image/avif' : 'video/mp4'
}

/** What begins as markup or as PostScript, whatever follows. */
const noText = /^[\s\uFEFF]*(<[!?a-z/]|%!PS)/i

/** Control characters that no text has. */
export const controls = /[^\P{Cc}\t\n\v\f\r\u0085]/u

/** Whether bytes begin as a text in UTF-8 that is no markup. The last character may be cut off. */
const isText = (head: Uint8Array): boolean => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return !controls.test(text) && !noText.test(text)
  } catch {
    return false
  }
}

/**
 * Returns the media type of a file by its bytes; names and claims do not matter.
 * @param head the first bytes, `typeShowsIn` or all
 * @returns undefined for a type that is not accepted
 */
export const typeOf = (head: Uint8Array): AcceptedType | undefined => {
  const start = latin1(head, 0, 64)
  const signature = signatures.find(([bytes]) => start.startsWith(bytes))
  if (signature) return signature[1]
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'image/webp'
  if (start.slice(4, 8) === 'ftyp' && head.length >= 12) return typeOfBoxes(head)
  if (start.startsWith('\u001aE\u00df\u00a3'))
    return start.includes('webm') ? 'video/webm' : undefined
  return head.length > 0 && isText(head) ? 'text/plain' : undefined
}
