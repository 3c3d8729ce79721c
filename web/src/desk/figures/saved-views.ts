import { dashboardSearch, type DashboardSearch } from './dashboard-search.ts'

/** A view of the dashboard that was saved under a name in this browser. */
export type SavedView = { readonly name: string; readonly search: DashboardSearch }

const key = 'agora.dashboard-views'

/** Most views. */
export const mostViews = 30

const viewOf = (value: unknown): readonly SavedView[] => {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('search' in value))
    return []
  const { name, search } = value
  return typeof name === 'string' && typeof search === 'object' && search !== null
    ? [{ name, search: dashboardSearch({ ...search }) }]
    : []
}

/** Reads views from a text; what is none is left out. */
export const viewsIn = (text: string | null): readonly SavedView[] => {
  try {
    const values: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(values) ? values.flatMap(viewOf) : []
  } catch {
    return []
  }
}

/** Returns the views with one more, the newest first; it replaces one of its name. */
export const withView = (views: readonly SavedView[], view: SavedView): readonly SavedView[] =>
  [view, ...views.filter(({ name }) => name !== view.name)].slice(0, mostViews)

/** The views that this browser has saved. */
export const savedViews = {
  read: (): readonly SavedView[] => viewsIn(localStorage.getItem(key)),
  write: (views: readonly SavedView[]): void => localStorage.setItem(key, JSON.stringify(views)),
}
