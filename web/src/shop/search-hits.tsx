import { Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { MarkedText } from '../ui/marked-text.tsx'
import { around } from '../ui/marked.ts'
import { Avatar, Stars } from '../ui/media.tsx'
import { Ago, Moment } from '../ui/time.tsx'
import { StatusBadge } from './order-status.tsx'
import type { Highlights, Hits } from './search-queries.ts'
import { searchTexts } from './search-texts.ts'
import { shortId } from './short-id.ts'

const rangesIn = (highlights: Highlights, field: string): readonly (readonly number[])[] =>
  highlights.find((one) => one.field === field)?.ranges ?? []

/** A field of a hit with its found words marked; of a long one the part around the first. */
const Marked = ({
  text,
  highlights,
  field,
}: {
  readonly text: string
  readonly highlights: Highlights
  readonly field: string
}) => {
  const part = around(text, rangesIn(highlights, field))
  return <MarkedText text={part.text} ranges={part.ranges} />
}

/** A found product. */
export const ProductHit = ({
  hit: { document, highlights },
}: {
  readonly hit: Hits['products']
}) => {
  const t = useTexts(searchTexts)
  const { money, number } = useFormats()
  const { id, name, description, price, stock, inStock, category } = document
  return (
    <Card>
      <Row between>
        <Link to="/products/$id" params={{ id }}>
          <strong>
            <Marked text={name} highlights={highlights} field="name" />
          </strong>
        </Link>
        <strong>{money(price)}</strong>
      </Row>
      {description && (
        <p>
          <Marked text={description} highlights={highlights} field="description" />
        </p>
      )}
      <Muted>
        {category}, {inStock ? t.available(number(stock)) : t.soldOut}
      </Muted>
    </Card>
  )
}

/** A found gig. */
export const GigHit = ({ hit: { document, highlights } }: { readonly hit: Hits['gigs'] }) => {
  const t = useTexts(searchTexts)
  const { money } = useFormats()
  const { id, title, description, from, rating, seller } = document
  return (
    <Card>
      <Row between>
        <Link to="/gigs/$id" params={{ id }}>
          <strong>
            <Marked text={title} highlights={highlights} field="title" />
          </strong>
        </Link>
        <strong>{t.from(money(from))}</strong>
      </Row>
      <p>
        <Marked text={description} highlights={highlights} field="description" />
      </p>
      <Row between>
        <Muted>{seller.displayName ?? seller.name ?? seller.username}</Muted>
        <Stars rating={rating.average} count={rating.count} />
      </Row>
    </Card>
  )
}

/** A found user. */
export const UserHit = ({ hit: { document, highlights } }: { readonly hit: Hits['users'] }) => {
  const { userId, username, name, bio, avatarMediaId } = document
  return (
    <Card>
      <Row>
        <Avatar name={name ?? username} mediaId={avatarMediaId} />
        <span>
          <Link to="/people/$id" params={{ id: userId }}>
            <strong>
              <Marked text={username} highlights={highlights} field="username" />
            </strong>
          </Link>{' '}
          {name && <Marked text={name} highlights={highlights} field="name" />}
        </span>
      </Row>
      {bio && (
        <p>
          <Marked text={bio} highlights={highlights} field="bio" />
        </p>
      )}
    </Card>
  )
}

/** A found post. */
export const PostHit = ({ hit: { document, highlights } }: { readonly hit: Hits['posts'] }) => {
  const { id, content, author, createdAt } = document
  return (
    <Card>
      <Row between>
        <Link to="/posts/$id" params={{ id }}>
          <strong>{author.name ?? author.username}</strong>
        </Link>
        <Muted>
          <Ago at={createdAt} />
        </Muted>
      </Row>
      <p>
        <Marked text={content} highlights={highlights} field="content" />
      </p>
    </Card>
  )
}

/** A found order of the user's. */
export const OrderHit = ({ hit: { document, highlights } }: { readonly hit: Hits['orders'] }) => {
  const t = useTexts(searchTexts)
  const { money } = useFormats()
  const { id, status, itemNames, total, createdAt } = document
  return (
    <Card>
      <Row between>
        <Link to="/orders/$id" params={{ id }}>
          <strong>{t.order(shortId(id))}</strong>
        </Link>
        <StatusBadge status={status} />
      </Row>
      <p>
        <Marked text={itemNames} highlights={highlights} field="itemNames" />
      </p>
      <Row between>
        <Muted>
          <Moment at={createdAt} />
        </Muted>
        <strong>{money(total)}</strong>
      </Row>
    </Card>
  )
}
