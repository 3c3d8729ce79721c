import { SerializerSelector, type SerializerFactory } from '@fastify/fast-json-stringify-compiler'
import { firstUse } from '#kernel'

/**
 * Compiles serializers from the schemas of answers, as Fastify does, but on first use, so that a start does not wait for
 * those of unused routes.
 */
export const buildSerializer: SerializerFactory = (schemas, options) => {
  const compile = SerializerSelector()(schemas, options)
  return (route) => {
    const serializer = firstUse(() => compile(route))
    return (answer) => serializer()(answer)
  }
}
