#!/usr/bin/env node
// Starts src/main.ts on a Node that can run TypeScript. Plain JavaScript, so that an old Node can read it.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findRuntime, isNew, runChild } from './runtime.mjs'

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'main.ts')
const node = findRuntime()
if (node === process.execPath || isNew(process.versions.node)) await import(main)
else runChild(node, [main, ...process.argv.slice(2)])
