import type { Plugin } from 'vite'
import { addresses, preloads } from '../src/app/addresses.ts'

/** A path as the server's router writes it: `/products/:id`. */
const asServed = (path: string): string => path.replaceAll(/\$(\w+)/g, ':$1')

/**
 * Plugin that writes `pages.json`: the addresses that the server answers with `index.html`, and what a browser should load
 * with each at once.
 */
export const servedPages = (): Plugin => ({
  name: 'agora:served-pages',
  apply: 'build',
  generateBundle() {
    const pages = Object.entries(addresses).map(([name, path]) => ({
      path: asServed(path),
      preload: preloads[name] ?? [],
    }))
    this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(pages) })
  },
})
