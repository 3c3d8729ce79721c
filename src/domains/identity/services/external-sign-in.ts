import type { IdentityProvider } from '../../../platform/external/oauth/port.ts'
import { notFound } from '../../../serving/problem.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import { safeRedirect } from '../../../serving/safe-redirect.ts'
import { attempts, type KeptAttempt } from './external-attempts.ts'

/** Sends browsers to providers of identities, and knows them when they come back. */
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
       * Begins a sign-in at a provider.
       * @param wanted.returnTo where the browser goes in the end, a path of this site
       * @param wanted.link the account that the identity is added to, instead of a sign-in
       * @returns where the browser goes, and the cookie that it brings back
       */
      begin: async (
        provider: IdentityProvider,
        { returnTo, link }: { readonly returnTo: string; readonly link?: KeptAttempt['link'] },
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
