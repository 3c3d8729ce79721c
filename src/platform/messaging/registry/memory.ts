import { timeToLive, type Instance, type Registry } from './port.ts'

/**
 * Registry in the memory of one process.
 * @param options.ttl time without a heartbeat after which a registration expires, in ms
 */
export const memoryRegistry = ({ ttl = timeToLive }: { readonly ttl?: number } = {}): Registry => {
  const held = new Map<string, Map<string, Instance>>()

  const alive = ({ heardAt }: Instance) => Date.parse(heardAt) > Date.now() - ttl
  /** The registrations of an instance, by service. */
  const registrationsOf = (id: string, service?: string) =>
    [...held.entries()].flatMap(([name, instances]) => {
      const found = service === undefined || service === name ? instances.get(id) : undefined
      return found ? [{ instances, found }] : []
    })

  return {
    register: async ({ id, url, roles, services }) => {
      const now = new Date().toISOString()
      for (const name of services) {
        const instances = held.get(name) ?? new Map<string, Instance>()
        held.set(name, instances)
        const startedAt = instances.get(id)?.startedAt ?? now
        instances.set(id, { id, url, roles: [...roles], startedAt, heardAt: now })
      }
    },

    heartbeat: async (id, service) => {
      const registrations = registrationsOf(id, service).filter(({ found }) => alive(found))
      const heardAt = new Date().toISOString()
      for (const { instances, found } of registrations) instances.set(id, { ...found, heardAt })
      return registrations.length > 0
    },

    deregister: async (id, service) => {
      const registrations = registrationsOf(id, service)
      for (const { instances } of registrations) instances.delete(id)
      return registrations.some(({ found }) => alive(found))
    },

    services: async () =>
      [...held.entries()]
        .map(([name, instances]) => ({ name, instances: [...instances.values()].filter(alive) }))
        .filter(({ instances }) => instances.length > 0)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
