import { Button } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError, NetworkError } from '../../api/problem'
import { messages } from '../../ui/i18n/language'
import { Page } from '../../ui/Page'
import { canReload, noteReload, OutdatedPageError } from '../../ui/pageCode'
import { PageSkeleton } from '../../ui/PageSkeleton'

const useTexts = messages({
  en: {
    offline: 'You seem to be offline',
    offlineLead: 'Nothing is lost. Try again when the connection is back.',
    failed: 'Something went wrong',
    failedLead: 'This is our fault. Nothing was changed.',
    request: (id: string) => `Reference for our support: ${id}`,
    retry: 'Try again',
  },
  es: {
    offline: 'Parece que no tienes conexión',
    offlineLead: 'No se ha perdido nada. Inténtalo de nuevo cuando vuelva la conexión.',
    failed: 'Algo ha fallado',
    failedLead: 'El error es nuestro. No se ha cambiado nada.',
    request: (id) => `Referencia para nuestro equipo: ${id}`,
    retry: 'Reintentar',
  },
})

/** The page in place of one that failed to load or to render. */
export function RouteError({ error }: { error: unknown }) {
  const texts = useTexts()
  const router = useRouter()
  const offline = error instanceof NetworkError
  const isOutdated = error instanceof OutdatedPageError
  const [isReloading] = useState(() => isOutdated && canReload(Date.now()))
  useEffect(() => {
    if (!isReloading) return
    noteReload(Date.now())
    window.location.reload()
  }, [isReloading])
  const retry = () => (isOutdated ? window.location.reload() : void router.invalidate())
  if (isReloading) return <PageSkeleton />
  return (
    <Page
      title={offline ? texts.offline : texts.failed}
      lead={offline ? texts.offlineLead : texts.failedLead}
      narrow
    >
      {error instanceof ApiError && error.requestId !== '' && (
        <p>{texts.request(error.requestId)}</p>
      )}
      <Button onClick={retry}>{texts.retry}</Button>
    </Page>
  )
}
