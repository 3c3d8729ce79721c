import { notAudited, type AuditRequest, type Audits, type AuditState } from './port.ts'

/** Audits in the memory of one process. */
export const memoryAudits = (): Audits => {
  const requests = new Map<string, AuditRequest>()
  const states = new Map<string, AuditState>()
  return {
    request: async (name, request) => void requests.set(name, request),
    answered: async (name, { id }) => {
      if (requests.get(name)?.id === id) requests.delete(name)
    },
    save: async (name, state) => void states.set(name, state),
    list: async () =>
      [...new Set([...requests.keys(), ...states.keys()])].toSorted().map((name) => {
        const request = requests.get(name)
        return { ...(states.get(name) ?? notAudited), name, ...(request && { request }) }
      }),
  }
}
