import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Help of the programs that have none of their own, by path. `npm start`, `npm run bench` and `npx agora` print theirs. */
const usages = {
  'src/demo.ts': `npm run demo: plays three orders on the Agora on this machine, or on one of its own
AGORA_URL, ADMIN_EMAIL and ADMIN_PASSWORD name another Agora.`,
  'src/docs.ts': `npm run docs -- [--check]: writes the pages and lists that follow from the declarations
  --check  writes nothing; exit code 1 if one is outdated`,
  'test/services/main.ts': `npm run services: starts a MongoDB and an Elasticsearch for tests, until Ctrl-C (needs Java and Maven)
Prints the variables that npm test reads.`,
  'scripts/build-web.mjs': `npm run build:web: builds the front end into web/dist, as npm ci does`,
  'bench/plan.ts': `npm run plan -- [--orders <a day>] [--peak <multiple>] [--reads <an order>] [--commands <an order>]: prints processes, cores and bytes that a load needs, and 10 and 100 times of it, by measured costs.`,
  'bench/page.ts': `npm run bench:page -- bench/results/<time>.json…: writes docs/performance.md from results of npm run bench`,
  'scripts/mutate.mjs': `npm run mutate -- [part or files]: prints the mutants that no test kills
Parts: rules (default), services, runtime.`,
  'scripts/new-context.mjs': `npm run new-context -- <name>: writes a new bounded context, src/domains/<name>`,
}

/**
 * @param {string} file absolute path of a program
 * @returns {string | undefined} its help; undefined if it prints its own
 */
export const usageOf = (file) => usages[relative(root, file).replaceAll('\\', '/')]
