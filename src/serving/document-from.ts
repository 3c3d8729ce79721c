import { Type, type Static, type TObject, type TProperties } from 'typebox'
import { Fields, type AnyProjection, type DocumentOf } from '#kernel'

/** Schema of a read model's documents in an answer. */
export const DocumentFrom = <P extends AnyProjection>(projection: P) =>
  Type.Unsafe<DocumentOf<P>>(projection.document)

/**
 * Schema of a read model's documents with further fields in an answer. An intersection would accept no value, as the schema
 * of a document excludes fields that it does not name.
 */
export const DocumentWith = <P extends AnyProjection, F extends TProperties>(
  projection: P,
  fields: F,
) =>
  Type.Unsafe<DocumentOf<P> & Static<TObject<F>>>(
    Fields({ ...projection.document.properties, ...fields }),
  )
