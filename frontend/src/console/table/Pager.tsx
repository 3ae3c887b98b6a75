import { useRouter, useRouterState } from '@tanstack/react-router'
import { Button } from '../parts/Button'
import { type Bounded, countText } from '../parts/Count'
import { ChevronLeftIcon, ChevronRightIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import classes from './Pager.module.css'

type PagerProps = {
  shown: number
  /** All that match. Left out where the server does not count. */
  count?: Bounded
  cursor: string | undefined
  next: string | null
  /** Go to a page of the list; undefined is the first. */
  onGo: (cursor: string | undefined) => void
}

/** The way through the pages of a list. The browser's own back button leads back as well. */
export function Pager({ shown, count, cursor, next, onGo }: PagerProps) {
  const router = useRouter()
  // The entry of the history says whether an earlier page of the list lies behind it.
  const isBehind = useRouterState({ select: ({ location }) => location.state.hasEarlierPage })
  const isFirst = cursor === undefined
  return (
    <nav className={classes.pager} aria-label={texts.pager.label}>
      <p>
        {count === undefined ? texts.pager.rows(shown) : texts.pager.shown(shown, countText(count))}
      </p>
      {!isFirst && <Button onClick={() => onGo(undefined)}>{texts.pager.first}</Button>}
      <Button isDisabled={isFirst || !isBehind} onClick={() => router.history.back()}>
        <ChevronLeftIcon size={14} />
        {texts.pager.previous}
      </Button>
      <Button isDisabled={next === null} onClick={() => next !== null && onGo(next)}>
        {texts.pager.next}
        <ChevronRightIcon size={14} />
      </Button>
    </nav>
  )
}
