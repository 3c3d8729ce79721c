import { join } from 'node:path'

/** What processes that tests start get from the environment: Node compiles each file once for all of them. */
export const childEnv = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
}
