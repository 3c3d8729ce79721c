import { isContainer } from './json-path.ts'

/** Metadata that Agora records with each event; what is missing was recorded by another program. */
export type EventMetadata = {
  readonly correlationId?: string
  readonly causationId?: string
  readonly actorId?: string
  readonly schemaVersion?: number
}

/** Reads the metadata of an event. */
export const metadataOf = ({ metadata }: { readonly metadata: unknown }): EventMetadata => {
  if (!isContainer(metadata)) return {}
  const { correlationId, causationId, actorId, schemaVersion } = metadata
  return {
    ...(typeof correlationId === 'string' && { correlationId }),
    ...(typeof causationId === 'string' && { causationId }),
    ...(typeof actorId === 'string' && { actorId }),
    ...(typeof schemaVersion === 'number' && { schemaVersion }),
  }
}

/** Returns the id of a stream's instance: its name after the first dash. */
export const idOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1)

/** Whether a stream can be read by its name: names with guessable ids are masked. */
export const isReadable = (stream: string): boolean => !stream.endsWith('-***')
