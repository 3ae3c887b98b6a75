import { Button, Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import type { OrderRow } from '../../api/types'
import { messages } from '../../ui/i18n/language'
import { useFormat } from '../../ui/i18n/format'
import { LoadError } from '../../ui/LoadError'
import { Page } from '../../ui/Page'
import { Picture } from '../../ui/Picture'
import { StateBadge } from '../../ui/StateBadge'
import classes from './Orders.module.css'
import { ordersQuery } from './queries'
import type { OrdersFilter } from './search'
import { orderNumber } from './texts'
import { STATE_TONES, useOrderWords } from './words'

const useTexts = messages({
  en: {
    title: 'Your orders',
    filter: 'Show',
    filters: { all: 'All', open: 'Under way', delivered: 'Delivered', cancelled: 'Cancelled' },
    empty: 'Nothing here yet',
    emptyLead: 'What you order appears here, and stays here.',
    browse: 'Browse all products',
    more: 'Show earlier orders',
    order: (number: string) => `Order ${number}`,
    pieces: (count: number) => (count === 1 ? 'one piece' : `${count} pieces`),
  },
  es: {
    title: 'Tus pedidos',
    filter: 'Mostrar',
    filters: { all: 'Todos', open: 'En curso', delivered: 'Entregados', cancelled: 'Cancelados' },
    empty: 'Aún no hay nada',
    emptyLead: 'Lo que pidas aparece aquí, y aquí se queda.',
    browse: 'Ver todos los productos',
    more: 'Ver pedidos anteriores',
    order: (number) => `Pedido ${number}`,
    pieces: (count) => (count === 1 ? 'una pieza' : `${count} piezas`),
  },
})

const FILTERS: readonly (OrdersFilter | undefined)[] = [undefined, 'open', 'delivered', 'cancelled']

/** The page of the person's orders, newest first. */
export function OrdersPage() {
  const texts = useTexts()
  const { show } = useSearch({ from: '/members/orders' })
  const orders = useInfiniteQuery(ordersQuery(show))
  const rows = orders.data?.pages.flatMap((page) => page.orders) ?? []
  return (
    <Page title={texts.title}>
      <nav className={classes.filters} aria-label={texts.filter}>
        {FILTERS.map((filter) => (
          <Link
            key={filter ?? 'all'}
            to="/orders"
            search={filter === undefined ? {} : { show: filter }}
            activeOptions={{ exact: true, includeSearch: true }}
            className={classes.filter}
          >
            {texts.filters[filter ?? 'all']}
          </Link>
        ))}
      </nav>
      {orders.isPending && <OrdersSkeleton />}
      {orders.isError && <LoadError error={orders.error} onRetry={() => void orders.refetch()} />}
      {orders.isSuccess && rows.length === 0 && <NoOrders />}
      <ul className={classes.list}>
        {rows.map((order) => (
          <OrderItem key={order.id} order={order} />
        ))}
      </ul>
      {orders.hasNextPage && (
        <Button
          variant="default"
          loading={orders.isFetchingNextPage}
          onClick={() => void orders.fetchNextPage()}
        >
          {texts.more}
        </Button>
      )}
    </Page>
  )
}

function OrderItem({ order }: { order: OrderRow }) {
  const texts = useTexts()
  const words = useOrderWords()
  const format = useFormat()
  return (
    <li className={classes.order}>
      <div className={classes.facts}>
        <Link
          to="/orders/$reference"
          params={{ reference: order.referenceId }}
          className={classes.link}
        >
          {texts.order(orderNumber(order.id))}
        </Link>
        <span className={classes.date}>{format.day(order.createdAt)}</span>
      </div>
      <div className={classes.pictures}>
        {order.firstItems.map((item) => (
          <Picture
            key={item.imageUrl}
            src={item.imageUrl}
            alt={item.name}
            className={classes.picture}
          />
        ))}
        <span className={classes.pieces}>{texts.pieces(order.itemCount)}</span>
      </div>
      <StateBadge tone={STATE_TONES[order.status]}>{words.states[order.status]}</StateBadge>
      <strong className={classes.total}>{format.money(order.totalPrice, order.currency)}</strong>
    </li>
  )
}

function NoOrders() {
  const texts = useTexts()
  return (
    <div className={classes.empty}>
      <h2>{texts.empty}</h2>
      <p>{texts.emptyLead}</p>
      <Button renderRoot={(props) => <Link to="/products" {...props} />}>{texts.browse}</Button>
    </div>
  )
}

function OrdersSkeleton() {
  return (
    <div aria-busy="true">
      {['first', 'second', 'third'].map((place) => (
        <Skeleton key={place} height={96} radius="lg" mb="md" />
      ))}
    </div>
  )
}
