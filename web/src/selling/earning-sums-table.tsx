import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Table } from '../ui/layout.tsx'
import { earningSums, type Earning } from './earning-sums.ts'
import { sellingTexts } from './texts.ts'

/** Sums of earnings, a line for each currency. */
export const EarningSumsTable = ({ earnings }: { readonly earnings: readonly Earning[] }) => {
  const t = useTexts(sellingTexts)
  const { money } = useFormats()
  return (
    <Table
      caption={t.sums}
      rows={earningSums(earnings)}
      keyOf={({ currency }) => currency}
      columns={[
        { head: t.currencyHead, cell: ({ currency }) => currency },
        { head: t.held, cell: ({ held }) => money(held), isNumber: true },
        { head: t.captured, cell: ({ captured }) => money(captured), isNumber: true },
        { head: t.refunded, cell: ({ refunded }) => money(refunded), isNumber: true },
        { head: t.net, cell: ({ net }) => <strong>{money(net)}</strong>, isNumber: true },
      ]}
    />
  )
}
