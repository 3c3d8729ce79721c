#!/usr/bin/env node
// `npx agora`: Agora's command line, from whichever folder it is called.
import { fileURLToPath } from 'node:url'
import { launch } from './launcher.mjs'

await launch(fileURLToPath(new URL('../src/cli.ts', import.meta.url)), process.argv.slice(2))
