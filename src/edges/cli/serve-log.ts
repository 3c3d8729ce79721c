import type { Session } from './session.ts'

/** Options of `agora serve-log`. */
export type ServeLogCommand = {
  readonly host: string
  readonly port: number
  /** Accepts appends, and returns events unmasked. */
  readonly writable?: boolean
}

/** Serves the log of this Agora over the protocol of EventStoreDB, without the rest, until it is disposed of. */
export type ServeLog = (options: {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly writable: boolean
}) => Promise<
  AsyncDisposable & {
    readonly url: string
    /** Rejects when the log may no longer be served. */
    readonly ended: Promise<never>
  }
>

/**
 * `agora serve-log`: serves the log until interrupted; read-only and masked, unless `writable`.
 * @throws Failed when the port is in use, or an Agora runs on a log that is served as writable, at the start or later
 */
export const serveLogCommand = async (
  { out, info, signal }: Session,
  { host, port, writable = false }: ServeLogCommand,
  serve: ServeLog,
): Promise<void> => {
  await using served = await serve({ host, port, writable })
  if (writable)
    info(
      'Every program on this machine may append any event here, without a password, and reads secret and personal fields unmasked.',
    )
  out(`Serving the log at ${served.url}`)
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([interrupted, served.ended])
}
