import page from './ProductPage.module.css'
import classes from './ProductSkeleton.module.css'

/** The place of a product that is being loaded. */
export function ProductSkeleton() {
  return (
    <div aria-hidden="true">
      <div className={classes.breadcrumb} />
      <div className={page.columns}>
        <div className={classes.picture} />
        <div className={classes.text}>
          <div className={classes.name} />
          <div className={classes.price} />
          <div className={classes.paragraph} />
          <div className={classes.button} />
        </div>
      </div>
    </div>
  )
}
