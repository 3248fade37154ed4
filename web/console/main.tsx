import '../kit/index.css'
import './sign-in.css'
import { QueryClient } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { call, keyOf, worthRetrying } from '../api.ts'
import { startLanguage } from '../i18n/index.ts'
import { startScheme } from '../kit/scheme.ts'
import { Console } from './Console.tsx'
import { preload } from './routes.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: worthRetrying, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})

// Who is asking, the words and the page are fetched side by side.
startScheme()
void queries.prefetchQuery({ queryKey: keyOf('access.me', {}), queryFn: () => call('access.me', {}), retry: false })
preload(location.pathname)
await startLanguage()

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(<Console queries={queries} />)
