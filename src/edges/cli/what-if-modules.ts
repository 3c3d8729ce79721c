import { existsSync, readdirSync } from 'node:fs'
import { registerHooks } from 'node:module'

const source = new URL('../../', import.meta.url)
const domains = new URL('domains/', source)
const sagas = new URL('sagas/', source)

/** Resolves the name of a module of Agora; undefined for other modules. */
const ownModule = (specifier: string): URL | undefined => {
  if (specifier === '#kernel' || specifier === 'agora/kernel')
    return new URL('kernel/index.ts', source)
  if (!specifier.startsWith('agora/')) return undefined
  const [, context] = /^agora\/domains\/([a-z]+)$/.exec(specifier) ?? []
  const [, saga] = /^agora\/sagas\/([a-z-]+)$/.exec(specifier) ?? []
  const sagaFile = saga && new URL(`${saga}.ts`, sagas)
  if (sagaFile && existsSync(sagaFile)) return sagaFile
  const found =
    context && new URL(`${context}/${context === 'shared' ? 'index' : 'language'}.ts`, domains)
  if (found && existsSync(found)) return found
  const contexts = readdirSync(domains, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  throw new Error(
    `There is no "${specifier}"; use "agora/kernel", "agora/sagas/<saga>" or "agora/domains/<context>" with one of ${contexts.join(', ')}.`,
  )
}

/**
 * Registers a resolver so that TypeScript modules outside of Agora's folder can import its modules by name, without
 * installed packages: `agora/kernel` (or `#kernel`), `agora/domains/<context>`, `agora/sagas/<saga>`, and Agora's `typebox`.
 * @returns a disposable that deregisters the resolver; imported modules stay loaded
 */
export const allowAgoraImports = (): Disposable => {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const own = ownModule(specifier)
      if (own) return nextResolve(own.href, context)
      if (/^typebox(\/|$)/.test(specifier))
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      const found = nextResolve(specifier, context)
      // Without a package.json, Node would have to detect the module format.
      return found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found
    },
  })
  return { [Symbol.dispose]: () => hooks.deregister() }
}
