import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const Provider = Type.Object(
  {
    issuer: Type.String({ minLength: 1 }),
    clientId: Type.String({ minLength: 1 }),
    clientSecret: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)
const providers = Compile(
  Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }), Provider, {
    additionalProperties: false,
  }),
)

/** A provider of identities, and as whom it knows this Agora. */
export type OAuthProvider = Static<typeof Provider> & {
  /** What it is called here, in `/auth/oauth/<name>`. */
  readonly name: string
}

/** OpenID Connect wants HTTPS; a provider on this machine may do without, for tests. */
const isIssuer = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash } = new URL(text)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return (protocol === 'https:' || (protocol === 'http:' && isHere)) && search + hash === ''
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Reads who else lets people sign in: `{"acme": {"issuer": "https://…", "clientId": "…", "clientSecret": "…"}}`.
 * @returns a text that says what is wrong, and never a secret
 */
export const oauthProvidersOf = (text: string): readonly OAuthProvider[] | string => {
  const said = parsed(text)
  if (said === undefined) return 'is no JSON'
  if (!providers.Check(said)) {
    const [fault] = providers.Errors(said)
    const at = fault?.instancePath.slice(1).replaceAll('/', '.')
    return at
      ? `${at} ${fault?.message}`
      : 'is an object of providers by their names, which are lower-case letters, digits and dashes, each with issuer, clientId and clientSecret'
  }
  const all = Object.entries(said).map(([name, provider]) => ({ name, ...provider }))
  const bad = all.find(({ issuer }) => !isIssuer(issuer))
  return bad ? `${bad.name}.issuer must be a URL with https, without ? and #` : all
}
