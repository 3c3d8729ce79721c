import type { Session } from './session.ts'

/** What `agora serve-log` was told. */
export type ServeLogCommand = {
  readonly host: string
  readonly port: number
  readonly readOnly?: boolean
}

/** Serves the log of this Agora alone, over the protocol of EventStoreDB, until it is disposed of. */
export type ServeLog = (options: {
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  readonly writable: boolean
}) => Promise<AsyncDisposable & { readonly url: string }>

/** `agora serve-log`: serves the log until it is interrupted. */
export const serveLogCommand = async (
  { out, signal }: Session,
  { host, port, readOnly = false }: ServeLogCommand,
  serve: ServeLog,
): Promise<void> => {
  await using served = await serve({ host, port, writable: !readOnly })
  out(`Serving the log at ${served.url}`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
