import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { kept } from './api/private-storage.ts'
import { queryClient } from './api/queries.ts'
import { router } from './app/router.ts'
import { showLastTheme } from './app/theme.ts'
import { LanguageProvider } from './i18n/language.tsx'
import { Toasts } from './ui/feedback.tsx'
import './ui/tokens.css'

showLastTheme()
kept.forgetOld()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient()}>
      <LanguageProvider>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
)
