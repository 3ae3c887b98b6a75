import { Link } from '@tanstack/react-router'
import type { StaffProduct } from '../../api/types'
import { Money } from '../parts/Money'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './Catalogue.module.css'
import { STATUS_KINDS } from './queries'
import { texts } from './texts'

const { columns, none } = texts

/** The columns of the catalogue. */
export const PRODUCT_COLUMNS: readonly Column<StaffProduct>[] = [
  {
    key: 'name',
    label: columns.name,
    isFixed: true,
    render: ({ id, name, imageUrl }) => (
      <span className={classes.product}>
        {imageUrl === '' ? (
          <span className={classes.picture} />
        ) : (
          <img src={imageUrl} alt="" loading="lazy" className={classes.picture} />
        )}
        <Link to="/console/catalogue/$id" params={{ id: String(id) }}>
          {name}
        </Link>
      </span>
    ),
  },
  { key: 'sku', label: columns.sku, render: ({ sku }) => <code>{sku}</code> },
  { key: 'category', label: columns.category, render: ({ category }) => category || none },
  {
    key: 'status',
    label: columns.status,
    render: ({ status }) => <StateLabel kind={STATUS_KINDS[status]} state={status} />,
  },
  {
    key: 'price',
    label: columns.price,
    align: 'end',
    render: ({ estimatedPrice, currency }) => <Money amount={estimatedPrice} currency={currency} />,
  },
  pieces('stock', ({ stock }) => stock),
  pieces('reserved', ({ reserved }) => reserved),
  pieces('available', ({ available }) => available, true),
  { key: 'updated', label: columns.updated, render: ({ updatedAt }) => <Time at={updatedAt} /> },
  {
    key: 'created',
    label: columns.created,
    isHidden: true,
    render: ({ createdAt }) => <Time at={createdAt} />,
  },
  { key: 'id', label: columns.id, isHidden: true, align: 'end', render: ({ id }) => id },
]

function pieces(
  key: 'stock' | 'reserved' | 'available',
  count: (product: StaffProduct) => number,
  isMarked = false,
): Column<StaffProduct> {
  return {
    key,
    label: columns[key],
    align: 'end',
    render: (product) => (
      <span className="tabular">
        <span className={isMarked && count(product) <= 0 ? classes.out : undefined}>
          {count(product)}
        </span>
      </span>
    ),
  }
}
