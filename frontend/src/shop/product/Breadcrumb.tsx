import { Link } from '@tanstack/react-router'
import { ChevronRightIcon } from '../../ui/icons'
import classes from './Breadcrumb.module.css'
import { useTexts } from './texts'

/** The way from all products to this one's category. */
export function Breadcrumb({ category }: { category: string }) {
  const texts = useTexts()
  return (
    <nav className={classes.breadcrumb} aria-label={texts.breadcrumb}>
      <Link to="/products">{texts.products}</Link>
      {category !== '' && (
        <>
          <ChevronRightIcon size={14} />
          <Link to="/products" search={{ category }}>
            {category}
          </Link>
        </>
      )}
    </nav>
  )
}
