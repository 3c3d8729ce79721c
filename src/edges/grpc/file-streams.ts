import type { Dispatcher } from 'undici'
import { Problem } from '../../serving/problem.ts'

/** Limits of streams of files. */
export type FileLimits = {
  /** Maximum number of concurrent streams; each has a connection of the process to itself. */
  readonly streams: number
  /** Maximum time for which a client neither reads nor sends anything, in ms. */
  readonly pause: number
}

/** As many as a process has memory for, at about 1 MiB each; a pause as long as an upload over HTTP may have. */
export const defaultFileLimits: FileLimits = { streams: 128, pause: 20_000 }

/** Connections of the process to itself for streams of files, and their limits. */
export type FileStreams = Pick<FileLimits, 'pause'> & {
  readonly pool: Pick<Dispatcher, 'request'>
  /** Counts a stream until it is disposed of. @throws Problem 429 beyond the limit */
  readonly begin: () => Disposable
}

/** Limits the streams of files over a pool of connections. */
export const fileStreams = (
  pool: FileStreams['pool'],
  { streams, pause }: FileLimits,
): FileStreams => {
  let count = 0
  return {
    pool,
    pause,
    begin: () => {
      if (count >= streams)
        throw new Problem(
          429,
          'too_many_requests',
          'Too many files are streamed at once; try again in a moment.',
          undefined,
          { retryAfter: 1 },
        )
      count += 1
      return { [Symbol.dispose]: () => void (count -= 1) }
    },
  }
}

/** Creates the problem of a stream whose client pauses for too long. DEADLINE_EXCEEDED over gRPC. */
export const pausedTooLong = (): Problem =>
  new Problem(408, 'request_timeout', 'The client neither read nor sent anything for too long.')
