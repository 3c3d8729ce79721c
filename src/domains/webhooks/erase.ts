import { webhooks } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { webhook } from './language.ts'

/** Erases the words of an admin who has left; the webhooks that they have set go on. */
export const erase: Erase = async ({ userId, origin }, { executor, readModels }) => {
  const where = { userId }
  const count = await forEachDocument(readModels, webhooks, { where }, async ({ id }) => {
    const command = { type: 'ForgetDescription' as const, data: {} }
    await executor.execute(webhook, id, command, derivedOrigin(origin, id))
  })
  return { awaited: 0, counts: { webhookDescriptions: count } }
}
