import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

const byName = Compile(
  Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,49}$' }), Type.String({ minLength: 16 }), {
    additionalProperties: false,
  }),
)

/**
 * Parses the secrets of webhooks: one for all senders, or `{"post": "…"}`.
 * @returns undefined for anything else that begins with a brace
 */
export const parsedWebhookSecrets = (
  text: string,
): string | Readonly<Record<string, string>> | undefined => {
  if (!text.startsWith('{')) return text
  try {
    const secrets: unknown = JSON.parse(text)
    return byName.Check(secrets) ? secrets : undefined
  } catch {
    return undefined
  }
}
