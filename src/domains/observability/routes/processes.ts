import { Type } from 'typebox'
import { route } from '../../../serving/route.ts'

/** Age of the oldest reports that are shown, in ms: a process reports every 15 s. */
const reportAge = 40_000

const Count = Type.Integer({ minimum: 0 })
const States = Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean() }))

const statesOf = (states: Readonly<Record<string, boolean>> = {}, isOk = (is: boolean) => is) =>
  Object.entries(states).map(([name, is]) => ({ name, ok: isOk(is) }))

/** Route of the measurements of all processes. */
export const processRoutes = [
  route({
    method: 'GET',
    url: '/observability/processes',
    access: 'admin',
    operationId: 'listProcesses',
    summary: 'What each process measured of itself in the last minute',
    description:
      'Each process measures itself every 15 s, the first time 15 s after its start. A request that a gateway passes on counts in both processes.',
    data: Type.Object({
      processes: Type.Array(
        Type.Object({
          name: Type.String({ description: 'Host and id of the process' }),
          requests: Type.Integer({ minimum: 0, description: 'Answers of the last minute' }),
          failed: Type.Integer({ minimum: 0, description: 'Those with a 5xx' }),
          commands: Type.Optional(Count),
          stores: States,
          breakers: Type.Array(
            Type.Object({
              name: Type.String({
                description: 'URL of an instance, or name of a server outside of Agora',
              }),
              ok: Type.Boolean({ description: 'Whether it is closed, so that calls are made' }),
            }),
          ),
          diskUsed: Type.Optional(
            Type.Number({ description: 'Used share of the disk with the data, from 0 to 1' }),
          ),
          clockSkew: Type.Number({
            description: 'Difference to the clock of the store, in seconds',
          }),
        }),
      ),
    }),
    handle: async (_, { reports }) => {
      const found = await reports.recent(reportAge)
      return {
        data: {
          processes: found
            .map(({ process, answers, commands, stores, breakers, clients, ...rest }) => ({
              name: process,
              requests: answers.all,
              failed: answers.failed,
              ...(commands !== undefined && { commands }),
              stores: statesOf(stores),
              breakers: statesOf({ ...breakers, ...clients }, (isOpen) => !isOpen),
              ...(rest.diskUsed !== undefined && { diskUsed: rest.diskUsed }),
              clockSkew: rest.clockSkew,
            }))
            .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        },
      }
    },
  }),
]
