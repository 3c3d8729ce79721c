import { useTexts } from '../i18n/language.tsx'
import { TabLink, Tabs } from '../ui/layout.tsx'
import { sellingTexts } from './texts.ts'

/** Links to the selling pages. */
export const SellingTabs = () => {
  const t = useTexts(sellingTexts)
  return (
    <Tabs label={t.title}>
      <TabLink to="/selling" activeOptions={{ exact: true, includeSearch: false }}>
        {t.overview}
      </TabLink>
      <TabLink to="/selling/gigs">{t.myGigs}</TabLink>
      <TabLink to="/selling/earnings">{t.earnings}</TabLink>
    </Tabs>
  )
}
