import { existsSync } from 'node:fs'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { projectRoot } from '../base/config.ts'
import { baseErrors, Refusal } from '../base/error.ts'

/** The console's files. Any other path that a page may have in its address is answered with the console, which then shows it. */
export async function registerConsole(app: FastifyInstance): Promise<void> {
  const files = join(projectRoot, 'web/dist')
  const built = existsSync(files)
  if (built) {
    await app.register(staticFiles, {
      root: files,
      preCompressed: true,
      index: 'console.html',
      cacheControl: false,
      setHeaders: (reply, path) =>
        void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const page = request.method === 'GET' && !/^\/(api|assets|intake)\b/.test(request.url) && !/\.\w{2,5}(\?|$)/.test(request.url)
    if (page && built) return reply.header('cache-control', 'no-cache').sendFile('console.html')
    throw new Refusal(baseErrors.not_found)
  })
}
