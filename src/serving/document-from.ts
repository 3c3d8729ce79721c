import { Type } from 'typebox'
import type { AnyProjection, DocumentOf } from '#kernel'

/** The documents of a read model, as an answer shows them. */
export const DocumentFrom = <P extends AnyProjection>(projection: P) =>
  Type.Unsafe<DocumentOf<P>>(projection.document)
