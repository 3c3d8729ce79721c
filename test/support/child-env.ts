import { join } from 'node:path'

/** Environment of processes that tests start; they share a compile cache. */
export const childEnv = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
}
