import type { IdentityProvider } from '../../../platform/external/oauth/port.ts'
import { notFound } from '../../../serving/problem.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import { safeRedirect } from '../../../serving/safe-redirect.ts'
import { attempts, type SignInAttempt } from './external-attempts.ts'

/** Redirects browsers to identity providers, and verifies their return. */
export const externalSignIn = oncePerPorts(
  ({
    keys,
    config,
    clock,
    apiUrl,
    identityProviders = [],
  }: Pick<Ports, 'keys' | 'config' | 'clock' | 'apiUrl' | 'identityProviders'>) => {
    const providers = new Map(identityProviders.map((each) => [each.name, each]))
    const { keep, forget, read } = attempts(keys, config, clock)
    const redirectUriOf = ({ name }: IdentityProvider): string =>
      `${apiUrl()}/auth/oauth/${name}/callback`
    return {
      forget,
      read,
      redirectUriOf,
      /** @throws Problem 404 */
      providerOf: (name: string): IdentityProvider => {
        const provider = providers.get(name)
        if (!provider) throw notFound('provider of identities', 'provider')
        return provider
      },
      /**
       * Starts a sign-in at a provider.
       * @param wanted.returnTo final target of the browser, a path of this site
       * @param wanted.link account that the identity is added to, instead of a sign-in
       * @returns the URL to redirect to, and the cookie that the browser brings back
       */
      begin: async (
        provider: IdentityProvider,
        { returnTo, link }: { readonly returnTo: string; readonly link?: SignInAttempt['link'] },
      ): Promise<{ readonly url: string; readonly cookie: string }> => {
        const path = safeRedirect(returnTo)
        const redirectUri = redirectUriOf(provider)
        const { url, attempt } = await provider.begin(redirectUri)
        return {
          url,
          cookie: keep({ ...attempt, returnTo: path, ...(link && { link }) }, redirectUri),
        }
      },
    }
  },
)
