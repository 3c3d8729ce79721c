import { useInfiniteQuery } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useToast } from '../ui/feedback.tsx'
import { List, Muted, Page } from '../ui/layout.tsx'
import { Paged } from '../ui/paged.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { Members } from './members.tsx'
import { requestsQuery, type Profile } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { PersonRow } from './person-row.tsx'

const Request = ({ user }: { readonly user: Profile }) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const { userId: id, username, name = username } = user
  const answer = useCommand({
    send: (accepts: boolean, once) => {
      const asked = { ...once, params: { path: { id } } }
      return run(
        accepts
          ? api.POST('/api/v1/users/me/follow-requests/{id}/accept', asked)
          : api.POST('/api/v1/users/me/follow-requests/{id}/decline', asked),
      )
    },
    changes: [['people']],
    onDone: ({ accepted }) => toast(accepted ? t.accepted(name) : t.declined(name)),
  })
  const onError = (error: Error): void => toast(problemText(error))
  // Until the list is read again.
  if (answer.isSuccess) return null
  return (
    <PersonRow
      person={user}
      actions={
        <>
          <Button
            small
            look="primary"
            aria-label={t.acceptNamed(name)}
            busy={answer.isPending}
            onClick={() => answer.mutate(true, { onError })}
          >
            {t.accept}
          </Button>
          <Button
            small
            aria-label={t.declineNamed(name)}
            busy={answer.isPending}
            onClick={() => answer.mutate(false, { onError })}
          >
            {t.decline}
          </Button>
        </>
      }
    />
  )
}

const Requests = () => {
  const t = useTexts(peopleTexts)
  const query = useInfiniteQuery(requestsQuery)
  return (
    <Paged query={query} rowsOf={(page) => page.requests} none={t.noRequests}>
      {(requests) => (
        <List label={t.requests}>
          {requests.map(({ id, user, at }) => (
            <Request key={`${id} ${at}`} user={user} />
          ))}
        </List>
      )}
    </Paged>
  )
}

/** The users who ask to follow the signed-in user, to be accepted or declined. */
const RequestsPage = () => {
  const t = useTexts(peopleTexts)
  return (
    <Members title={t.requests}>
      {() => (
        <Page title={t.requests} narrow actions={<ButtonLink to="/people">{t.people}</ButtonLink>}>
          <Muted>{t.requestsHint}</Muted>
          <Requests />
        </Page>
      )}
    </Members>
  )
}

export default RequestsPage
