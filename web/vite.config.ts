import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { css } from './kit/tokens.ts'

const here = import.meta.dirname

/** Writes the palette into the head, so that the first paint already has it. */
const palette: Plugin = {
  name: 'anlan-palette',
  transformIndexHtml: () => [{ tag: 'style', children: css, injectTo: 'head-prepend' }],
}

/** Compresses once at build (`.br`, `.gz` beside each file), so that the server only hands files out. */
function compressed(): Plugin {
  let dist = ''
  return {
    name: 'anlan-compressed',
    apply: 'build',
    configResolved(config) {
      dist = resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue
        const source = readFileSync(join(dist, name))
        if (source.length < 1024) continue
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
        writeFileSync(join(dist, `${name}.br`), brotliCompressSync(source, quality))
        writeFileSync(join(dist, `${name}.gz`), gzipSync(source, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  root: here,
  base: '/',
  plugins: [react(), palette, compressed()],
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: join(here, 'console.html'),
      output: {
        codeSplitting: {
          // What every page needs travels in few files; the heavy fields and dialogs stay apart.
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|react-router)[\\/]/, priority: 3 },
            {
              name: 'kit',
              test: /[\\/]web[\\/]((api|stream|me|units)\.ts|i18n[\\/]index|kit[\\/](?!fields|FilterBar|KeyHelp|Secret|locale))/,
              priority: 2,
            },
            { name: 'icons', test: /@ant-design[\\/]icons/, priority: 2 },
          ],
        },
      },
    },
  },
})
