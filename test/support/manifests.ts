import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** The top folder of Agora. */
export const top = join(import.meta.dirname, '../..')
/** Text of a file. @param path from the top folder */
export const textOf = (path: string): string => readFileSync(join(top, path), 'utf8')

/** A value of a YAML document. */
// Types do not know the contents of a document.
// oxlint-disable-next-line typescript/no-explicit-any
export type Found = any

/** All documents of some files of YAML. @param pattern from the top folder */
export const documentsIn = (pattern: string): readonly Found[] =>
  globSync(pattern, { cwd: top })
    .toSorted()
    .flatMap((path) => parseAllDocuments(textOf(path)).map((document): Found => document.toJS()))

/** A Compose file, its anchors followed. */
export const composeOf = (path: string): Found => parse(textOf(path), { merge: true })

/** Patches of a kustomization, each as a document. */
export const patchesIn = (path: string): readonly Found[] =>
  (parse(textOf(path)).patches ?? []).flatMap(({ patch }: Found): Found[] =>
    patch === undefined ? [] : [parse(patch)],
  )

/** Names of the variables that a file sets. */
export const namesIn = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)

/** Port of every process in a container. */
export const port = Number(/^EXPOSE (\d+)$/m.exec(textOf('infra/Dockerfile'))?.[1])
