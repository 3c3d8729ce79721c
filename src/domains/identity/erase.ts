import { sessions } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { session } from './language.ts'

/** Erases the sessions of a person. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  await forEachDocument(readModels, sessions, { where: { userId } }, async ({ id }) => {
    const command = { type: 'ForgetSession' as const, data: {} }
    await execute(session, id, command, derivedOrigin(origin, id))
  })
  return { awaited: 0, counts: {} }
}
