import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { messages } from '../../ui/i18n/language'
import classes from './Bars.module.css'

const useTexts = messages({
  en: { offline: 'You are offline. What you see may be out of date.' },
  es: { offline: 'No tienes conexión. Lo que ves puede no estar al día.' },
})

/** A bar that says that the browser is offline. */
export function OfflineBar() {
  const texts = useTexts()
  const online = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  )
  return (
    <div role="status">{!online && <div className={classes.offline}>{texts.offline}</div>}</div>
  )
}
