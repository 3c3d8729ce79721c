import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, type StateOf } from '#kernel'
import { account } from '../../identity/language.ts'
import { initially, profile } from '../../profiles/language.ts'
import { Name, NotificationId, Paragraphs, UserId } from '../../shared/index.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { Channel, localeOf, notification, templates, valuesOf, written } from '../language.ts'
import { wordsAboutAPerson } from '../notification.ts'

type Wishes = StateOf<typeof profile>

/** Most values of a template. */
const mostValues = 20

const Values = Type.Record(
  Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,39}$' }),
  Type.Union([Name(1, 255), Type.Number()]),
  { additionalProperties: false, maxProperties: mostValues, description: 'Values of the template' },
)

const Body = Fields({
  userId: UserId,
  channel: Channel,
  subject: Type.Optional(Name(1, 255)),
  text: Type.Optional(Paragraphs(1, 10_000)),
  template: Type.Optional(Type.String({ maxLength: 100, description: 'Instead of a text' })),
  data: Type.Optional(Values),
})

type Asked = {
  readonly subject?: string
  readonly text?: string
  readonly template?: string
  readonly data?: Readonly<Record<string, string | number>>
}

/**
 * Returns the type and the words of a notification, in the language of its user.
 * @throws Problem 400 without words, for an unknown template, or when a value of it is missing
 */
const wordsFor = ({ subject, text, template, data = {} }: Asked, wishes: Wishes) => {
  const { preferences } = wishes.status === 'active' ? wishes : initially
  const locale = localeOf(preferences.locale)
  if (template === undefined) {
    if (text === undefined) throw invalid('text', 'is missing; send it, or a template')
    return {
      type: 'announcement',
      letter: { subject: subject ?? templates[locale].announcement!.subject, text },
    }
  }
  if (text !== undefined) throw invalid('text', 'and template exclude each other')
  const all = templates[locale]
  const chosen = Object.hasOwn(all, template) ? all[template] : undefined
  if (!chosen) throw invalid('template', `must be one of ${Object.keys(all).join(', ')}`)
  const values = Object.fromEntries(Object.entries(data).map(([name, one]) => [name, String(one)]))
  const missing = valuesOf(chosen).find((name) => !Object.hasOwn(values, name))
  if (missing !== undefined) throw invalid(`data.${missing}`, 'is missing for this template')
  const words = written({ name: template, values }, locale)!
  return {
    type: template.split('.', 1)[0] ?? template,
    letter: { subject: (subject ?? words.subject).slice(0, 255), text: words.text },
  }
}

/** The route by which admins write to a user. */
export const sendingRoutes = [
  route({
    method: 'POST',
    url: '/notifications',
    access: 'admin',
    operationId: 'sendNotification',
    summary: 'Notify a user',
    description:
      'By text, or by a template with its values in `data`, in the language of the user. The preferences of the user are obeyed: `status` of the notification shows what has become of it.',
    body: Body,
    example: {
      userId: '5f0c2c1e-6c0c-4f7e-9d3f-3c1a0f3c9a11',
      channel: 'email',
      subject: 'About your question',
      text: 'We have mended the lamp.',
    },
    data: Type.Object({ id: NotificationId }),
    status: 202,
    problems: [404],
    handle: async ({ body, origin }, { executor }) => {
      const { userId, channel } = body
      const [{ state: person }, { state: wishes }] = await Promise.all([
        executor.stateOf(account, userId),
        executor.stateOf(profile, userId),
      ])
      if (person.status !== 'active') throw notFound('user', 'userId')
      const id = derivedId(NotificationId, origin.commandId, 'notification')
      const data = { userId, channel, ...wordsAboutAPerson, ...wordsFor(body, wishes) }
      const command = { type: 'RequestNotification' as const, data }
      const answer = await executor.execute(notification, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(notification, answer)
      return { data: { id }, position: answer.position }
    },
  }),
]
