import type { Metadata } from '#kernel'

/** The metadata that every event has, without what another program added: nobody knows whom that is about. */
export const knownMetadata = ({
  correlationId,
  causationId,
  commandId,
  actorId,
  schemaVersion,
}: Metadata): Metadata => ({ correlationId, causationId, commandId, actorId, schemaVersion })
