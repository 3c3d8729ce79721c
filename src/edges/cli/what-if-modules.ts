import { existsSync, readdirSync } from 'node:fs'
import { registerHooks } from 'node:module'

const source = new URL('../../', import.meta.url)
const domains = new URL('domains/', source)

/** Where a module of Agora is that is named from outside; undefined when it is none of ours. */
const ownModule = (specifier: string): URL | undefined => {
  if (specifier === '#kernel' || specifier === 'agora/kernel')
    return new URL('kernel/index.ts', source)
  if (!specifier.startsWith('agora/')) return undefined
  const [, context] = /^agora\/domains\/([a-z]+)$/.exec(specifier) ?? []
  const found =
    context && new URL(`${context}/${context === 'shared' ? 'index' : 'language'}.ts`, domains)
  if (found && existsSync(found)) return found
  const contexts = readdirSync(domains, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  throw new Error(
    `There is no "${specifier}"; there are "agora/kernel" and "agora/domains/<context>" with one of ${contexts.join(', ')}.`,
  )
}

/**
 * Lets modules outside of Agora's folder import it by name, in the TypeScript they are written in, with nothing
 * installed beside them: `agora/kernel` (or `#kernel`), `agora/domains/<context>`, and `typebox`, which is Agora's own.
 * @returns what ends it when it is disposed of; what was imported until then stays
 */
export const openHouse = (): Disposable => {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const own = ownModule(specifier)
      if (own) return nextResolve(own.href, context)
      if (/^typebox(\/|$)/.test(specifier))
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      const found = nextResolve(specifier, context)
      // Without a package.json beside it, Node would have to guess.
      return found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found
    },
  })
  return { [Symbol.dispose]: () => hooks.deregister() }
}
