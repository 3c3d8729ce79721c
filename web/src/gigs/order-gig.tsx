import { useNavigate, useRouterState } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Form, Radios, Select, TextArea } from '../ui/form.tsx'
import { Card, Muted } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { Gig } from './gig-queries.ts'
import { gigTexts } from './texts.ts'

type Wanted = {
  readonly package: string
  readonly requirements: string | undefined
  readonly token: string
  /** As it was shown. */
  readonly price: Gig['packages'][number]['price'] | undefined
}

const OrderForm = ({ gig: { id: refId, packages } }: { readonly gig: Gig }) => {
  const t = useTexts(gigTexts)
  const { money } = useFormats()
  const navigate = useNavigate()
  const order = useCommand({
    send: ({ package: ordered, requirements, token, price }: Wanted, once) =>
      run(
        api.POST('/api/v1/orders', {
          body: {
            items: [{ kind: 'gig', refId, package: ordered, quantity: 1 }],
            ...(requirements !== undefined && { requirements }),
            ...(price && { agreedTotal: price }),
            paymentMethod: { token },
          },
          ...once,
        }),
      ),
    onDone: ({ id }) => navigate({ to: '/orders/$id', params: { id } }),
  })
  return (
    <Form
      label={t.orderTitle}
      submitLabel={t.order}
      busy={order.isPending}
      error={order.error}
      onSubmit={(values) =>
        order.mutate({
          package: values.text('package'),
          requirements: values.given('requirements'),
          token: values.text('token'),
          price: packages.find(({ name }) => name === values.text('package'))?.price,
        })
      }
    >
      <Radios
        name="package"
        label={t.choose}
        defaultValue={packages[0]?.name}
        options={packages.map(({ name, price }) => [name, `${name}: ${money(price)}`] as const)}
      />
      <TextArea
        name="requirements"
        label={t.requirements}
        hint={t.requirementsHint}
        required={false}
        maxLength={10_000}
      />
      <Select
        name="token"
        label={t.payment}
        field="paymentMethod.token"
        options={[
          ['tok_ok', t.card],
          ['tok_declined', t.declinedCard],
          ['tok_insufficient_funds', t.poorCard],
        ]}
      />
      <Muted>{t.held}</Muted>
    </Form>
  )
}

/** What a user may do with a gig: order it, or edit the own one. */
export const OrderGig = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(gigTexts)
  const { user, isSignedIn } = useSession()
  const href = useRouterState({ select: ({ location }) => location.href })
  const isOwn = user?.userId === gig.seller.id
  return (
    <Card title={t.orderTitle}>
      {gig.status === 'PAUSED' && <Notice kind="warn">{t.paused}</Notice>}
      {gig.status === 'DRAFT' && <Notice>{t.draft}</Notice>}
      {isOwn ? (
        <ButtonLink to="/selling/gigs/$id" params={{ id: gig.id }}>
          {t.edit}
        </ButtonLink>
      ) : !isSignedIn ? (
        <ButtonLink to="/sign-in" search={{ next: href }} look="primary">
          {t.signInToOrder}
        </ButtonLink>
      ) : (
        user && gig.status === 'PUBLISHED' && <OrderForm gig={gig} />
      )}
    </Card>
  )
}
