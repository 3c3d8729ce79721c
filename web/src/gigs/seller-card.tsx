import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Row, Terms } from '../ui/layout.tsx'
import { Avatar, Stars } from '../ui/media.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { useDuration } from './duration.ts'
import { sellerQuery, type Gig } from './gig-queries.ts'
import { useSellerName } from './seller-name.ts'
import { gigTexts } from './texts.ts'

const Contact = ({
  gig: {
    id: gigId,
    seller: { id: participantId },
  },
}: {
  readonly gig: Gig
}) => {
  const t = useTexts(gigTexts)
  const navigate = useNavigate()
  const problemText = useProblemText()
  const start = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/chat/conversations', { body: { participantId, gigId }, ...once })),
    onDone: ({ id }) => navigate({ to: '/chat/$id', params: { id } }),
  })
  return (
    <>
      <Button busy={start.isPending} onClick={() => start.mutate()}>
        {t.contact}
      </Button>
      {start.error && <Notice kind="bad">{problemText(start.error)}</Notice>}
    </>
  )
}

/** The seller of a gig; for signed-in users also what others think, how long they wait for an answer, and the way to ask. */
export const SellerCard = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(gigTexts)
  const { number } = useFormats()
  const duration = useDuration()
  const nameOf = useSellerName()
  const { user } = useSession()
  const { id } = gig.seller
  // Profiles are hidden from visitors, whose requests the API refuses.
  const { data } = useQuery({ ...sellerQuery(id), enabled: user !== undefined })
  const name = nameOf(gig.seller)
  return (
    <Card title={t.seller}>
      <Row>
        <Avatar name={name} {...(user && { mediaId: data?.avatarMediaId })} />
        <Link to="/people/$id" params={{ id }}>
          <strong>{name}</strong>
        </Link>
      </Row>
      {data && (
        <Terms
          of={[
            [
              t.rating,
              data.rating && (
                <Stars key="rating" rating={data.rating.average} count={data.rating.count} />
              ),
            ],
            [t.ordersDone, data.ordersDone === undefined ? undefined : number(data.ordersDone)],
            [t.responseTime, data.responseTime && duration(data.responseTime.seconds)],
          ]}
        />
      )}
      <Link to="/gigs" search={{ seller: id }}>
        {t.allOfSeller}
      </Link>
      {user && user.userId !== id && <Contact gig={gig} />}
    </Card>
  )
}
