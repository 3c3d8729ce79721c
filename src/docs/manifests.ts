/** `AGORA_CONTEXTS` of a Compose file or of a Deployment, with the list of contexts that an `api` process serves. */
const contextLists = /(?<=\bAGORA_CONTEXTS(?:: |, value: '))[a-z,-]+/g

/**
 * A manifest in which every context is in one list of `AGORA_CONTEXTS`. Contexts stay in the group that they are in: groups
 * are the operators' choice. One that is in none goes to the last group, one that no module declares is removed.
 * @param manifest text of a Compose file or of Kubernetes' Deployments
 * @param contexts names of all contexts that `api` processes serve
 * @throws Error when a group would have no context: its processes would serve all of them
 */
export const withContexts = (manifest: string, contexts: readonly string[]): string => {
  const groups = [...manifest.matchAll(contextLists)].map(([list]) => list.split(','))
  const unplaced = contexts.filter((context) => !groups.flat().includes(context))
  const known = groups.map((group, index) => [
    ...group.filter((context) => contexts.includes(context)),
    ...(index === groups.length - 1 ? unplaced : []),
  ])
  const left = known.values()
  return manifest.replaceAll(contextLists, (before) => {
    const group = left.next().value ?? []
    if (group.length === 0)
      throw new Error(
        `No module is left of the group ${before}: remove its processes, or move a context to them`,
      )
    return group.join(',')
  })
}

/** Contexts of each Deployment, as its list names them. */
const groupsIn = (deployments: string): ReadonlyMap<string, string> =>
  new Map(
    deployments.split(/^---$/m).flatMap((document) => {
      const name = /^kind: Deployment\nmetadata:\n {2}name: (\S+)$/m.exec(document)?.[1]
      const list = document.match(contextLists)?.[0]
      return name === undefined || list === undefined ? [] : [[name, list] as const]
    }),
  )

/**
 * A gateway's patch whose `AGORA_UPSTREAMS` names the contexts of each Deployment. `*`, for all others, stays.
 * @param patch text that holds entries such as `catalog,inventory=dns://api-shop.agora…`
 * @param deployments text of the Deployments, with their `AGORA_CONTEXTS`
 */
export const withUpstreams = (patch: string, deployments: string): string => {
  const groups = groupsIn(deployments)
  return patch.replaceAll(
    /[a-z,-]+(?==dns:\/\/([a-z-]+)\.)/g,
    (contexts, deployment: string) => groups.get(deployment) ?? contexts,
  )
}
