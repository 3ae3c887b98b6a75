import { Link } from '@tanstack/react-router'
import type { ProductView } from '../../api/types'
import { BoxIcon, LockIcon, TruckIcon } from '../../ui/icons'
import { maxQuantityOf } from '../catalogue/stock'
import classes from './ProductFacts.module.css'
import { useTexts } from './texts'

/** Facts about buying this product, and its number. */
export function ProductFacts({ product }: { product: ProductView }) {
  const texts = useTexts()
  const facts = [
    { Icon: TruckIcon, text: texts.shipping },
    { Icon: BoxIcon, text: texts.cancel },
    { Icon: LockIcon, text: texts.payment },
  ]
  return (
    <section className={classes.facts} aria-label={texts.facts}>
      {maxQuantityOf(product) > 0 && (
        <ul className={classes.promises}>
          {facts.map(({ Icon, text }) => (
            <li key={text}>
              <Icon size={20} />
              {text}
            </li>
          ))}
        </ul>
      )}
      <dl className={classes.details}>
        <dt>{texts.category}</dt>
        <dd>
          {product.category === '' ? (
            '–'
          ) : (
            <Link to="/products" search={{ category: product.category }}>
              {product.category}
            </Link>
          )}
        </dd>
        <dt>{texts.sku}</dt>
        <dd className="tabular">{product.sku}</dd>
      </dl>
    </section>
  )
}
