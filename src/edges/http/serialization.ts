import { SerializerSelector, type SerializerFactory } from '@fastify/fast-json-stringify-compiler'
import { firstUse } from '#kernel'

/**
 * Makes texts of answers by their schemas, as Fastify does by itself; but a serializer is compiled when it is first
 * needed, so that a start does not wait for those of routes that nobody calls.
 */
export const buildSerializer: SerializerFactory = (schemas, options) => {
  const compile = SerializerSelector()(schemas, options)
  return (route) => {
    const serializer = firstUse(() => compile(route))
    return (answer) => serializer()(answer)
  }
}
