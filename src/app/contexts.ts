import type { Module } from '../serving/module.ts'

/** Modules that no `api` process serves for others: each process has its own health, and each gateway its own registry. */
export const ownOfProcess: ReadonlySet<string> = new Set(['system', 'discovery'])

/** Names of the modules that `api` processes share among each other: `AGORA_CONTEXTS` lists some of them. */
export const contextsOf = (modules: readonly Module[]): readonly string[] =>
  modules
    .filter(({ name, routes }) => routes.length > 0 && !ownOfProcess.has(name))
    .map(({ name }) => name)
