/** A process that serves something, as it announces itself. */
export type Announcement = {
  /** Its own, another one at every start. */
  readonly id: string
  /** Where the others reach it: `http://10.0.0.7:3000`. */
  readonly url: string
  /** What it was started as: `api`, `gateway`, … */
  readonly roles: readonly string[]
  /** What it serves: contexts, and roles that others may look for. */
  readonly services: readonly string[]
}

/** An instance, as its callers see it. */
export type Reachable = Pick<Announcement, 'id' | 'url' | 'roles'>

/** An instance of a service that was heard of lately. */
export type Instance = Reachable & {
  /** ISO 8601. */
  readonly startedAt: string
  /** When it was heard of last; ISO 8601. */
  readonly heardAt: string
}

/** A service, and the instances that serve it. */
export type Service = {
  readonly name: string
  /** The oldest first. */
  readonly instances: readonly Instance[]
}

/** Resolves services to instances: by a registry, by configured addresses, or by DNS. */
export type Resolver = {
  /** All services with instances, by name; one may have none, if it is known without them. @throws Unavailable */
  readonly services: () => Promise<
    readonly { readonly name: string; readonly instances: readonly Reachable[] }[]
  >
}

/** The service of the instances that serve every context without a service of its own. */
export const everythingElse = '*'

/** The instances of all processes, by service. An instance without a recent heartbeat is taken for dead. */
export type Registry = {
  /** Enters an instance, or enters it anew. @throws Unavailable */
  readonly register: (instance: Announcement) => Promise<void>
  /**
   * Says that an instance lives.
   * @param service only there; default: in all that it serves
   * @returns false when nothing is known of it (any more): it registers anew
   * @throws Unavailable
   */
  readonly heartbeat: (id: string, service?: string) => Promise<boolean>
  /**
   * Takes an instance out.
   * @param service only there; default: everywhere
   * @returns whether it was in
   * @throws Unavailable
   */
  readonly deregister: (id: string, service?: string) => Promise<boolean>
  /** All services with instances that live, by name. @throws Unavailable */
  readonly services: () => Promise<readonly Service[]>
}

/** An instance that is not heard of for so long is taken for dead, in ms. */
export const timeToLive = 10_000
