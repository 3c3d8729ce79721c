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

/** An identity provider, with the credentials of this Agora there. */
export type OAuthProvider = Static<typeof Provider> & {
  /** Name in `/auth/oauth/<name>`. */
  readonly name: string
}

/** Whether a text is a valid issuer: OpenID Connect requires HTTPS; HTTP is allowed on loopback, for tests. */
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
 * Parses identity providers: `{"acme": {"issuer": "https://…", "clientId": "…", "clientSecret": "…"}}`.
 * @returns the providers, or an explanation of what is invalid, which never contains a secret
 */
export const oauthProvidersOf = (text: string): readonly OAuthProvider[] | string => {
  const given = parsed(text)
  if (given === undefined) return 'is not JSON'
  if (!providers.Check(given)) {
    const [fault] = providers.Errors(given)
    const at = fault?.instancePath.slice(1).replaceAll('/', '.')
    return at
      ? `${at} ${fault?.message}`
      : 'must be an object of providers by their names, which are lower-case letters, digits and dashes, each with issuer, clientId and clientSecret'
  }
  const all = Object.entries(given).map(([name, provider]) => ({ name, ...provider }))
  const bad = all.find(({ issuer }) => !isIssuer(issuer))
  return bad ? `${bad.name}.issuer must be a URL with https, without ? and #` : all
}
