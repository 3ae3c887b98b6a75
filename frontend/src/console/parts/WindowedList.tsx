import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { topsOf, windowOf } from './windowing'
import classes from './WindowedList.module.css'

type WindowedListProps<Item> = {
  label: string
  items: readonly Item[]
  idOf: (item: Item) => string
  render: (item: Item, index: number) => ReactNode
  /** The usual height of an item; drawn ones are measured. */
  estimate: number
  /** The id of an item that is scrolled into view when it changes. */
  revealed?: string
}

const OVERSCAN = 12
// Room for the bar above the page.
const REVEAL_MARGIN = 70

/** A list of thousands of entries in the flow of the page. Only those near the screen are drawn. */
export function WindowedList<Item>(props: WindowedListProps<Item>) {
  const { label, items, idOf, render, estimate } = props
  const list = useRef<HTMLUListElement>(null)
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map())
  const tops = useMemo(
    () => topsOf(items.map((item) => heights.get(idOf(item)) ?? estimate)),
    [items, heights, idOf, estimate],
  )
  const [view, setView] = useState({ top: 0, bottom: 1500 })
  useLayoutEffect(() => {
    const follow = () => {
      const box = list.current?.getBoundingClientRect()
      if (box !== undefined) setView({ top: -box.top, bottom: window.innerHeight - box.top })
    }
    follow()
    window.addEventListener('scroll', follow, { passive: true, capture: true })
    window.addEventListener('resize', follow)
    return () => {
      window.removeEventListener('scroll', follow, { capture: true })
      window.removeEventListener('resize', follow)
    }
  }, [])
  useReveal(list, props.revealed, tops[items.findIndex((item) => idOf(item) === props.revealed)])
  const measure = useCallback((id: string, height: number) => {
    setHeights((known) => (known.get(id) === height ? known : new Map(known).set(id, height)))
  }, [])
  const { first, last } = windowOf(tops, view.top, view.bottom, OVERSCAN)
  return (
    <ul
      ref={list}
      className={classes.list}
      aria-label={label}
      style={{ paddingTop: tops[first], paddingBottom: (tops.at(-1) ?? 0) - (tops[last] ?? 0) }}
    >
      {items.slice(first, last).map((item, offset) => (
        <MeasuredItem
          key={idOf(item)}
          id={idOf(item)}
          place={first + offset}
          count={items.length}
          onMeasure={measure}
        >
          {render(item, first + offset)}
        </MeasuredItem>
      ))}
    </ul>
  )
}

/** Scroll an item into view, once for each id: heights that are measured later do not scroll. */
function useReveal(
  list: RefObject<HTMLUListElement | null>,
  id: string | undefined,
  top: number | undefined,
): void {
  const last = useRef<string>(undefined)
  useEffect(() => {
    const box = list.current?.getBoundingClientRect()
    if (id === last.current || box === undefined || top === undefined) return
    last.current = id
    const place = box.top + top
    const isSeen = place > REVEAL_MARGIN && place < window.innerHeight - REVEAL_MARGIN
    if (!isSeen) window.scrollBy({ top: place - window.innerHeight / 3 })
  }, [list, id, top])
}

type MeasuredItemProps = {
  id: string
  place: number
  count: number
  onMeasure: (id: string, height: number) => void
  children: ReactNode
}

function MeasuredItem({ id, place, count, onMeasure, children }: MeasuredItemProps) {
  const element = useRef<HTMLLIElement>(null)
  useLayoutEffect(() => {
    const item = element.current
    if (item === null) return undefined
    const report = () => {
      // A hidden page has no heights.
      if (item.offsetHeight > 0) onMeasure(id, item.offsetHeight)
    }
    report()
    const observer = new ResizeObserver(report)
    observer.observe(item)
    return () => observer.disconnect()
  }, [id, onMeasure])
  return (
    <li ref={element} aria-posinset={place + 1} aria-setsize={count}>
      {children}
    </li>
  )
}
