import { Type } from 'typebox'
import type { AnyProjection, DocumentOf } from '#kernel'

/** Schema of a read model's documents in an answer. */
export const DocumentFrom = <P extends AnyProjection>(projection: P) =>
  Type.Unsafe<DocumentOf<P>>(projection.document)
