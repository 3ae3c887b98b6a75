import { Button, Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { ErrorText } from '../../ui/ErrorText'
import { focusHeading } from '../../ui/focusHeading'
import { LoadError } from '../../ui/LoadError'
import { Section } from '../../ui/Section'
import classes from './Account.module.css'

type ListSectionProps<Item> = {
  title: string
  lead: string
  action: ReactNode
  list: UseQueryResult<Item[]>
  /** The error of a change to the list. */
  error: Error | null | undefined
  /** Shown when the list is empty. */
  empty?: string
  renderItem: (item: Item) => ReactNode
}

/** A section of the account with a list of things that can be removed one by one. */
export function ListSection<Item>(props: ListSectionProps<Item>) {
  const { title, lead, action, list, error, empty, renderItem } = props
  const items = useRef<HTMLUListElement>(null)
  const size = list.data?.length ?? 0
  const lastSize = useRef(size)
  useEffect(() => {
    // The button that was pressed has gone with its item.
    const isLost = size < lastSize.current && document.activeElement === document.body
    if (isLost && items.current !== null) focusHeading(items.current)
    lastSize.current = size
  }, [size])
  return (
    <Section title={title} lead={lead} action={action}>
      {list.isPending && <Skeleton height={64} />}
      {list.isError && <LoadError error={list.error} onRetry={() => void list.refetch()} />}
      <ErrorText error={error} />
      {empty !== undefined && list.data?.length === 0 && <p className={classes.facts}>{empty}</p>}
      <ul ref={items} className={classes.list}>
        {list.data?.map(renderItem)}
      </ul>
    </Section>
  )
}

type ListItemProps = { name: ReactNode; facts: ReactNode; children?: ReactNode }

/** An item of a list, with the button that removes it. */
export function ListItem({ name, facts, children }: ListItemProps) {
  return (
    <li className={classes.item}>
      <div>
        <p className={classes.name}>{name}</p>
        <p className={classes.facts}>{facts}</p>
      </div>
      {children}
    </li>
  )
}

type RemoveButtonProps = {
  /** The words on the button, and those that say of what. */
  label: string
  description: string
  isBusy: boolean
  onClick: () => void
}

/** The button that removes an item. */
export function RemoveButton({ label, description, isBusy, onClick }: RemoveButtonProps) {
  return (
    <Button variant="default" size="sm" loading={isBusy} aria-label={description} onClick={onClick}>
      {label}
    </Button>
  )
}
