import type { Session } from './session.ts'

/** What `agora serve-log` was told. */
export type ServeLogCommand = {
  readonly host: string
  readonly port: number
  /** Takes events, and shows them as they were recorded. */
  readonly writable?: boolean
}

/** Serves the log of this Agora alone, over the protocol of EventStoreDB, until it is disposed of. */
export type ServeLog = (options: {
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  readonly writable: boolean
}) => Promise<
  AsyncDisposable & {
    readonly url: string
    /** Rejects when it may not be served any longer. */
    readonly unwanted: Promise<never>
  }
>

/**
 * `agora serve-log`: serves the log until it is interrupted; read-only and masked, unless told otherwise.
 * @throws Failed when the port is taken, or the log is writable and an Agora runs on it, from the start or later
 */
export const serveLogCommand = async (
  { out, say, signal }: Session,
  { host, port, writable = false }: ServeLogCommand,
  serve: ServeLog,
): Promise<void> => {
  await using served = await serve({ host, port, writable })
  if (writable)
    say(
      'Every program on this machine may append any event here, without a password, and reads secrets and persons unmasked.',
    )
  out(`Serving the log at ${served.url}`)
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([interrupted, served.unwanted])
}
