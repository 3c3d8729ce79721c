import { Link } from '@tanstack/react-router'
import { ApiProblem } from '../api/problem.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure } from '../ui/feedback.tsx'
import { Notice } from '../ui/notice.tsx'
import { signingInTexts } from './signing-in-texts.ts'

/** Says why the link of a mail is of no use. @param props.error of its check; undefined: the link has no token */
export const BadLink = ({
  error,
  onRetry,
}: {
  readonly error?: Error
  readonly onRetry?: () => void
}) => {
  const t = useTexts(signingInTexts)
  if (!error) return <Notice kind="bad">{t.incompleteLink}</Notice>
  if (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 429)
    return <Failure error={error} {...(onRetry && { onRetry })} />
  return (
    <Notice kind="bad">
      <p>{error.code === 'link_expired' ? t.oldLink : t.incompleteLink}</p>
      <Link to="/forgot">{t.forgotten}</Link>
    </Notice>
  )
}
