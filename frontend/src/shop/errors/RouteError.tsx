import { Button } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError, NetworkError } from '../../api/problem'
import { FailureText } from '../../ui/FailureText'
import { useFailureTexts } from '../../ui/failureTexts'
import { Page } from '../../ui/Page'
import { canReload, noteReload, OutdatedPageError } from '../../ui/pageCode'
import { PageSkeleton } from '../../ui/PageSkeleton'
import { useFailure } from '../../ui/useFailure'
import classes from './RouteError.module.css'

/** The page in place of one that failed to load or to render. */
export function RouteError({ error }: { error: unknown }) {
  const texts = useFailureTexts()
  const router = useRouter()
  const isOutdated = error instanceof OutdatedPageError
  const [isReloading] = useState(() => isOutdated && canReload(Date.now()))
  useEffect(() => {
    if (!isReloading) return
    noteReload(Date.now())
    window.location.reload()
  }, [isReloading])
  // Code that cannot show an answer of the server may be older or newer than it.
  const isOfServer = error instanceof ApiError || error instanceof NetworkError
  const retry = () => (isOfServer ? void router.invalidate() : window.location.reload())
  const { kind, seconds, requestId } = useFailure(error, retry)
  if (isReloading) return <PageSkeleton />
  return (
    <Page
      key={kind}
      title={texts.titles[kind]}
      lead={<FailureText kind={kind} error={error} seconds={seconds} />}
      narrow
    >
      <Button disabled={kind === 'limited' && seconds > 0} onClick={retry}>
        {texts.retry}
      </Button>
      {kind === 'failed' && requestId !== '' && (
        <p className={classes.request}>
          {texts.request} <code>{requestId}</code>
        </p>
      )}
    </Page>
  )
}
