import { OAuth2Server } from 'oauth2-mock-server'
import { openIdProvider } from '../../src/platform/external/oauth/openid.ts'
import type { IdentityProvider } from '../../src/platform/external/oauth/port.ts'

/** A user of the provider: claims of OpenID Connect. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** A provider of identities on this machine, over HTTP. */
export type TestProvider = AsyncDisposable & {
  readonly issuer: string
  readonly provider: IdentityProvider
  /** What it does with whom; to break it. */
  readonly service: OAuth2Server['service']
  /** Sets the user of the next sign-ins. */
  readonly isUsedBy: (claims: Claims) => void
  /** Goes there as a browser does. @returns where it is sent back to */
  readonly visit: (url: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Starts one; it is called `acme`. */
export const testProvider = async (clientSecret?: string): Promise<TestProvider> => {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const issuer = server.issuer.url ?? ''
  let claims: Claims = { sub: 'nobody' }
  server.service.on('beforeTokenSigning', ({ payload }) => void Object.assign(payload, claims))
  const stop = async () => {
    if (server.listening) await server.stop()
  }
  return {
    issuer,
    provider: openIdProvider({
      name: 'acme',
      issuer,
      clientId: 'agora',
      ...(clientSecret !== undefined && { clientSecret }),
    }),
    service: server.service,
    isUsedBy: (next) => {
      claims = next
    },
    visit: async (url) => {
      const { status, headers } = await fetch(url, { redirect: 'manual' })
      const location = headers.get('location')
      if (status !== 302 || location === null) throw new Error(`It answered ${status}`)
      return location
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
