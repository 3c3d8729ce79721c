import { SerializerSelector, type SerializerFactory } from '@fastify/fast-json-stringify-compiler'
import { firstUse } from '#kernel'

type Serializer = (answer: unknown) => string

/** Serializers of each schema, compiled once for all paths and servers that it is registered with. */
const serializers = new WeakMap<WeakKey, () => Serializer>()

/**
 * Compiles serializers from the schemas of answers, as Fastify does, but on first use, so that a start does not wait for
 * those of unused routes.
 */
export const buildSerializer: SerializerFactory = (schemas, options) => {
  const compile = SerializerSelector()(schemas, options)
  return (route) => {
    // Fastify asks for a serializer only where a route has a schema.
    const schema = route.schema as WeakKey
    const serializer = serializers.get(schema) ?? firstUse(() => compile(route) as Serializer)
    serializers.set(schema, serializer)
    return (answer) => serializer()(answer)
  }
}
