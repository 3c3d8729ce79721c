import type { Readable } from 'node:stream'
import type { ByteRange } from '../platform/storage/blobs/port.ts'

/** Bytes as an answer. The edge serves ranges of them and conditional requests (RFC 9110 §13, §14). */
export type Content = {
  /** Media type. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** Differs for different bytes; of visible ASCII characters without quotes. */
  readonly tag: string
  /** Whether browsers show the content or save it, and under which name. */
  readonly disposition: {
    readonly kind: 'inline' | 'attachment'
    readonly name?: string | undefined
  }
  /** Whether pages of other origins may embed it. */
  readonly embeddable: boolean
  /** Opens all bytes or a part. @returns undefined when they are gone */
  readonly open: (range?: ByteRange) => Promise<Readable | undefined>
}
