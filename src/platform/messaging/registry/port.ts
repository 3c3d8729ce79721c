/** The registration of an instance. */
export type Announcement = {
  /** Unique for each start of a process. */
  readonly id: string
  /** URL for other processes: `http://10.0.0.7:3000`. */
  readonly url: string
  /** `api`, `gateway`, … */
  readonly roles: readonly string[]
  /** Names of its services: contexts, and roles that others may look up. */
  readonly services: readonly string[]
}

/** The part of an instance that its callers need. */
export type Reachable = Pick<Announcement, 'id' | 'url' | 'roles'>

/** An instance of a service, with a recent heartbeat. */
export type Instance = Reachable & {
  /** ISO 8601. */
  readonly startedAt: string
  /** Time of its last heartbeat; ISO 8601. */
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
  /** Returns all services with their instances, by name; a configured service may have none. @throws Unavailable */
  readonly services: () => Promise<
    readonly { readonly name: string; readonly instances: readonly Reachable[] }[]
  >
}

/** Name of the service that serves every context without instances of its own. */
export const everythingElse = '*'

/** The instances of all processes, by service. A registration without a recent heartbeat expires. */
export type Registry = {
  /** Registers an instance, or renews its registration. @throws Unavailable */
  readonly register: (instance: Announcement) => Promise<void>
  /**
   * Records a heartbeat of an instance.
   * @param service only for this service; default: for all its services
   * @returns false if the instance is not registered, or its registration has expired: it has to register again
   * @throws Unavailable
   */
  readonly heartbeat: (id: string, service?: string) => Promise<boolean>
  /**
   * Deregisters an instance.
   * @param service only from this service; default: from all
   * @returns whether it was registered
   * @throws Unavailable
   */
  readonly deregister: (id: string, service?: string) => Promise<boolean>
  /** Returns all services that have instances, by name. @throws Unavailable */
  readonly services: () => Promise<readonly Service[]>
}

/** Time without a heartbeat after which a registration expires, in ms. */
export const timeToLive = 10_000
