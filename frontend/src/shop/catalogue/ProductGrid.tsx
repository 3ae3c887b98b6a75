import type { ReactNode } from 'react'
import classes from './ProductGrid.module.css'
import { ProductCardSkeleton } from './ProductCard'

type ProductGridProps = {
  /** The cards are of an earlier search, and others are being loaded. */
  isOutdated?: boolean
  children: ReactNode
}

/** A grid of product cards: two beside each other on a phone, up to four on a wide page. */
export function ProductGrid({ isOutdated = false, children }: ProductGridProps) {
  return (
    <div className={classes.container}>
      <ul className={classes.grid} aria-busy={isOutdated}>
        {children}
      </ul>
    </div>
  )
}

/** The place of `size` cards that are being loaded. */
export function ProductGridSkeleton({ size }: { size: number }) {
  return (
    <ProductGrid>
      {Array.from({ length: size }, (_, index) => (
        <ProductCardSkeleton key={index} />
      ))}
    </ProductGrid>
  )
}
