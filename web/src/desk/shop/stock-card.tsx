import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run, type BodyOf } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Terms } from '../../ui/layout.tsx'
import { stockQuery } from './desk-product-queries.ts'
import { productTexts } from './texts.ts'

type Change = BodyOf<'/api/v1/inventory/{productId}', 'put'>

/** The pieces of a product, and how to change their number with a reason. */
export const StockCard = ({ productId }: { readonly productId: string }) => {
  const t = useTexts(productTexts)
  const { number } = useFormats()
  const toast = useToast()
  const [changes, setChanges] = useState(0)
  const change = useCommand({
    send: (body: Change, once) =>
      run(
        api.PUT('/api/v1/inventory/{productId}', {
          params: { path: { productId } },
          body,
          ...once,
        }),
      ),
    onDone: () => {
      setChanges((count) => count + 1)
      toast(t.changed)
    },
  })
  return (
    <Card title={t.stock}>
      <Loaded query={useQuery(stockQuery(productId))}>
        {({ quantity, reserved, available }) => (
          <div aria-live="polite">
            <Terms
              of={[
                [t.quantity, number(quantity)],
                [t.reserved, number(reserved)],
                [t.available, number(available)],
              ]}
            />
          </div>
        )}
      </Loaded>
      <Form
        key={changes}
        label={t.stock}
        busy={change.isPending}
        error={change.error}
        submitLabel={t.change}
        onSubmit={(values) =>
          change.mutate({ delta: values.number('delta') ?? 0, reason: values.text('reason') })
        }
      >
        <TextField
          name="delta"
          label={t.changeBy}
          hint={t.changeByHint}
          type="number"
          defaultValue={10}
        />
        <TextField name="reason" label={t.reason} maxLength={200} />
      </Form>
    </Card>
  )
}
