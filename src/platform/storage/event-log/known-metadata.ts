import type { Metadata } from '#kernel'

/** The declared metadata of an event, without fields of other programs, which may hold personal data. */
export const knownMetadata = ({
  correlationId,
  causationId,
  commandId,
  actorId,
  schemaVersion,
}: Metadata): Metadata => ({ correlationId, causationId, commandId, actorId, schemaVersion })
