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
    // What a page shows is read again when news touch it (stream.ts), also after it was hidden.
    queries: { staleTime: 15_000, retry: worthRetrying, refetchOnWindowFocus: false, refetchOnReconnect: false },
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
