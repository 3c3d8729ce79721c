import type { ByteRange } from '../../platform/storage/blobs/port.ts'

/**
 * Reads a `Range` header (RFC 9110 §14.2).
 * @param size of the whole, in bytes
 * @returns `whole` without a range, and for a header that may be ignored: malformed, of another unit, or of several ranges;
 * `beyond` when the range has no byte of the whole
 */
export const byteRange = (
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'beyond' => {
  const [, first = '', last = ''] =
    /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'beyond' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= size ? 'beyond' : { start, end }
}
