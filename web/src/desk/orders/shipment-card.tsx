import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, read, run, type BodyOf } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Form, Select, TextField } from '../../ui/form.tsx'
import { Card, Terms } from '../../ui/layout.tsx'
import { ordersTexts } from './texts.ts'

type Report = BodyOf<'/api/v1/shipping/shipments/{id}/status', 'put'>

const statuses = ['DISPATCHED', 'IN_TRANSIT', 'DELIVERED', 'FAILED'] as const

const shipmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'shipment', id],
    queryFn: () => read(api.GET('/api/v1/shipping/shipments/{id}', { params: { path: { id } } })),
  })

const addressOf = (address: Readonly<Record<string, string | undefined>> | undefined): string =>
  address === undefined ? '' : Object.values(address).filter(Boolean).join(', ')

/** The shipment of an order, and the report of what happened to it. */
export const ShipmentCard = ({ id }: { readonly id: string }) => {
  const t = useTexts(ordersTexts)
  const toast = useToast()
  const query = useQuery(shipmentQuery(id))
  const report = useCommand({
    send: (body: Report, once) =>
      run(
        api.PUT('/api/v1/shipping/shipments/{id}/status', {
          params: { path: { id } },
          body,
          ...once,
        }),
      ),
    onDone: () => toast(t.reported),
  })
  return (
    <Card title={t.shipment}>
      <Loaded query={query}>
        {({ carrier, method, status, tracking, note, address }) => (
          <>
            <Terms
              of={[
                [t.status, t.shipmentStatus(status)],
                [t.carrier, `${carrier}, ${method}`],
                [t.tracking, tracking],
                [t.note, note],
                [t.address, addressOf(address)],
              ]}
            />
            {!['DELIVERED', 'RETURNED', 'CANCELLED'].includes(status) && (
              <Form
                label={t.shipment}
                busy={report.isPending}
                error={report.error}
                submitLabel={t.report}
                onSubmit={(values) => {
                  const next = statuses.find((one) => one === values.text('status'))
                  const number = values.given('tracking')
                  const words = values.given('note')
                  if (next)
                    report.mutate({
                      status: next,
                      ...(number !== undefined && { tracking: number }),
                      ...(words !== undefined && { note: words }),
                    })
                }}
              >
                <Select
                  name="status"
                  label={t.setStatus}
                  options={statuses.map((one): [string, string] => [one, t.shipmentStatus(one)])}
                />
                <TextField name="tracking" label={t.tracking} required={false} maxLength={100} />
                <TextField name="note" label={t.note} required={false} maxLength={200} />
              </Form>
            )}
          </>
        )}
      </Loaded>
    </Card>
  )
}
