import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { Code, PaymentId } from '../../shared/index.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { SenderName, senderIn, verifiedWebhook, webhookOrigin } from '../../../serving/webhooks.ts'
import { requestOf } from '../jobs/ledger-comparison.ts'
import { payment } from '../language.ts'

const params = Fields({ provider: SenderName })

/** Route of the payment provider's webhooks. */
export const webhookRoutes = [
  route({
    method: 'POST',
    url: '/payments/webhooks/:provider',
    access: 'public',
    operationId: 'reportPaymentOutcome',
    summary: 'For payment providers: a charge, refund or authorisation has an outcome',
    description:
      'Signed as `X-Webhook-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA-256 of `<seconds>.<raw body>` with `PAYMENT_WEBHOOK_SECRET`, at most five minutes old. The message is no proof: Agora asks the provider for the outcome. A second delivery of the same `id` is answered (200) and has no effect; fields beyond these are ignored.',
    params,
    body: Type.Object(
      {
        id: Code(200),
        paymentId: Type.Optional(PaymentId),
        key: Type.Optional(Code(200)),
      },
      { description: '`key` is the idempotency key of the request, instead of the payment.' },
    ),
    example: { id: 'evt_1', paymentId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11' },
    data: Type.Object({
      received: Type.Literal(true),
      applied: Type.Boolean({ description: 'Whether the payment waits for an outcome' }),
    }),
    problems: [401, 404],
    verify: (asked, ports) => {
      verifiedWebhook(
        ports.config.webhookSecrets?.payments,
        senderIn(asked.params, 'provider'),
        asked,
        ports,
      )
    },
    handle: async ({ params: { provider }, body, origin }, { executor, paymentProvider }) => {
      if (provider !== paymentProvider.name) throw notFound('payment provider', 'name')
      const {
        id,
        key,
        paymentId = key === undefined ? undefined : requestOf(key)?.paymentId,
      } = body
      if (paymentId === undefined)
        throw key === undefined
          ? invalid('paymentId', 'is required, or the key of the request')
          : invalid('key', 'is no key that Agora has sent')
      const answer = await executor.execute(
        payment,
        paymentId,
        { type: 'ReportOutcome', data: { provider } },
        webhookOrigin(origin, 'payment', provider, id),
      )
      if (isRefusal(answer)) throw notFound('payment')
      const applied = answer.events.length > 0
      return { data: { received: true as const, applied }, position: answer.position }
    },
  }),
]
