import { Link } from '@tanstack/react-router'
import type { ProductView } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Picture } from '../../ui/Picture'
import { CardCart } from './CardCart'
import classes from './ProductCard.module.css'
import { StockNote } from './StockNote'
import { availabilityOf } from './stock'

type ProductCardProps = {
  product: ProductView
  /** The level below the heading above the cards. */
  heading: 'h2' | 'h3'
  eager?: boolean
}

/** A product in a grid: picture, name, price, stock, and the button for the cart. */
export function ProductCard({ product, heading: Heading, eager = false }: ProductCardProps) {
  const format = useFormat()
  const isFew = availabilityOf(product).kind === 'few'
  return (
    <li className={classes.card}>
      <div className={classes.frame}>
        <Picture
          key={product.imageUrl}
          src={product.imageUrl}
          alt=""
          eager={eager}
          className={classes.picture}
        />
      </div>
      <Heading className={classes.name}>
        <Link
          to="/products/$id"
          params={{ id: String(product.id) }}
          className={classes.link}
          title={product.name}
        >
          {product.name}
        </Link>
      </Heading>
      <p className={classes.facts}>
        <span className={classes.price}>
          {format.money(product.estimatedPrice, product.currency)}
        </span>
        {isFew && <StockNote product={product} />}
      </p>
      <CardCart product={product} />
    </li>
  )
}

/** The place of a card whose product is being loaded. */
export function ProductCardSkeleton() {
  return (
    <li className={classes.card} aria-hidden="true">
      <div className={`${classes.frame} ${classes.blank}`} />
      <div className={classes.name}>
        <span className={`${classes.blank} ${classes.line}`} />
      </div>
      <div className={classes.facts}>
        <span className={`${classes.blank} ${classes.shortLine}`} />
      </div>
      <div className={`${classes.blank} ${classes.button}`} />
    </li>
  )
}
