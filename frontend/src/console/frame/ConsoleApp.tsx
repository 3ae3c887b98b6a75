import '../console.css'
import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect } from 'react'
import { isStatus } from '../../api/problem'
import { useSessionEnd } from '../../shop/frame/MembersArea'
import { Announcer } from '../../ui/Announcer'
import { FixedLanguage } from '../../ui/i18n/language'
import { LoadError } from '../../ui/LoadError'
import classes from './ConsoleApp.module.css'
import { ConsoleFrame } from './ConsoleFrame'
import { FrameSkeleton } from './FrameSkeleton'
import { meQuery } from './me'
import { NotAllowed } from './NotAllowed'

/** The operations console: staff sees it, a customer is told that it is not theirs. */
export function ConsoleApp() {
  useSessionEnd()
  useConsoleLook()
  return (
    <FixedLanguage value="en">
      <Gate />
      <Announcer />
    </FixedLanguage>
  )
}

function Gate() {
  const me = useQuery(meQuery)
  if (me.data !== undefined) return <ConsoleFrame me={me.data} />
  if (me.isPending) return <FrameSkeleton />
  return (
    <main className={classes.gate}>
      {isStatus(me.error, 403) ? (
        <NotAllowed />
      ) : (
        <LoadError error={me.error} onRetry={() => void me.refetch()} />
      )}
    </main>
  )
}

/** Give the document the console's colours and language, as long as the console is open. */
function useConsoleLook(): void {
  useLayoutEffect(() => {
    const html = document.documentElement
    const { lang } = html
    html.dataset.app = 'console'
    html.lang = 'en'
    return () => {
      html.dataset.app = 'shop'
      html.lang = lang
    }
  }, [])
}
