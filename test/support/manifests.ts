import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** The top folder of Agora. */
export const top = join(import.meta.dirname, '../..')
/** What a file says. @param path from the top folder */
export const textOf = (path: string): string => readFileSync(join(top, path), 'utf8')

/** What is found in YAML, as far as tests look at it. */
// What a document says is not known to types.
// oxlint-disable-next-line typescript/no-explicit-any
export type Found = any

/** All documents of some files of YAML. @param pattern from the top folder */
export const documentsIn = (pattern: string): readonly Found[] =>
  globSync(pattern, { cwd: top })
    .toSorted()
    .flatMap((path) => parseAllDocuments(textOf(path)).map((document): Found => document.toJS()))

/** A Compose file, its anchors followed. */
export const composeOf = (path: string): Found => parse(textOf(path), { merge: true })

/** What the patches in a kustomization say, each as a document. */
export const patchesIn = (path: string): readonly Found[] =>
  (parse(textOf(path)).patches ?? []).flatMap(({ patch }: Found): Found[] =>
    patch === undefined ? [] : [parse(patch)],
  )

/** The names that a file of variables sets. */
export const namesIn = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)

/** Where every process in a container is served. */
export const port = Number(/^EXPOSE (\d+)$/m.exec(textOf('infra/Dockerfile'))?.[1])
