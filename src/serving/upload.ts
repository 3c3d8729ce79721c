/** A file of a request, as its sender describes it. */
export type IncomingFile = {
  /** Its name by the sender, who may choose any text; undefined without one. */
  readonly name: string | undefined
  /** To be read before the next file is asked for; what is not read is skipped. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Files that a route receives as `multipart/form-data`, streamed. */
export type Upload = {
  /** Name of the form field of the files. */
  readonly field: string
  /** Maximum number of files of one request. */
  readonly maxFiles: number
  /** For the documentation. */
  readonly description: string
}
