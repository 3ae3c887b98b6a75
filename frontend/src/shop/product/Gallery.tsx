import type { ProductView } from '../../api/types'
import { Picture } from '../../ui/Picture'
import classes from './Gallery.module.css'

/** The pictures of a product. */
export function Gallery({ product }: { product: ProductView }) {
  return (
    <div className={classes.gallery}>
      <Picture src={product.imageUrl} alt={product.name} eager />
    </div>
  )
}
