import { useTexts } from '../../i18n/language.tsx'
import { Badge } from '../../ui/notice.tsx'
import type { SagaState } from './saga-filter.ts'
import { ordersTexts } from './texts.ts'

const kinds = { running: 'info', ended: 'good', parked: 'bad' } as const

/** The state of a run. */
export const SagaBadge = ({ state }: { readonly state: SagaState }) => {
  const t = useTexts(ordersTexts)
  return <Badge kind={kinds[state]}>{t.state(state)}</Badge>
}
