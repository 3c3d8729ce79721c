import { join } from 'node:path'

/** Environment of processes that tests start; they share a compile cache, and read no `.env` of the checkout. */
export const childEnv = {
  PATH: process.env.PATH,
  AGORA_ENV_FILE: 'off',
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
}
