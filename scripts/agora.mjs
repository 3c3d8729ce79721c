#!/usr/bin/env node
// `npx agora`: Agora's command line, callable from any folder.
import { fileURLToPath } from 'node:url'
import { launch } from './launcher.mjs'

await launch(fileURLToPath(new URL('../src/cli.ts', import.meta.url)), process.argv.slice(2))
