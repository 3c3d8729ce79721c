import { alerts } from '../../projections/index.ts'
import { openChannel } from '../../serving/channel.ts'
import { client, server } from './channel/messages.ts'
import { operatorsView } from './channel/operators-view.ts'

/** Most alerts of an answer. */
const mostAlerts = 200

/** `/ops`: alerts, services and the lag of read models, as they change. */
export const opsChannel = openChannel({
  namespace: '/ops',
  about:
    'Alerts, instances of services and the lag of read models, for admins. What a client misses while it is not connected is in the answer to its next subscription.',
  access: 'admin',
  client,
  server,
  open: (ports, signal) => {
    const view = operatorsView(ports, signal)
    return {
      over: view.over,
      connected: (connection) => {
        connection.disconnected.addEventListener('abort', () => view.remove(connection))

        connection.on('ops:subscribe', async (_, reply) => {
          const services = await view.add(connection)
          const [found, projections] = await Promise.all([
            ports.readModels.find(alerts, {
              anyOf: [{ state: 'raised' }, { state: 'acknowledged' }],
              sort: ['-updatedAt'],
              limit: mostAlerts,
              counted: false,
            }),
            ports.lags(),
          ])
          // It may have gone while this was read.
          if (connection.disconnected.aborted) return view.remove(connection)
          reply({
            ok: true,
            alerts: found.documents.flatMap(({ state, ...one }) =>
              state === 'resolved'
                ? []
                : [
                    {
                      id: one.id,
                      rule: one.rule,
                      subject: one.subject,
                      severity: one.severity,
                      summary: one.summary,
                      state,
                      raisedAt: one.raisedAt,
                    },
                  ],
            ),
            services: [...services],
            projections: [...projections],
            position: String(found.position),
          })
        })

        connection.on('ops:unsubscribe', async (_, reply) => {
          view.remove(connection)
          reply({ ok: true })
        })
      },
    }
  },
})
