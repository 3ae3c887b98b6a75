import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProductView } from '../../api/types'
import { Picture } from '../../ui/Picture'
import classes from './Gallery.module.css'
import { galleryQuery, listPictures } from './gallery'
import { useTexts } from './texts'

/** The pictures of a product: a large one, and below it small ones to choose from. */
export function Gallery({ product }: { product: ProductView }) {
  const texts = useTexts()
  const index = useQuery(galleryQuery)
  const pictures = listPictures(product.imageUrl, index.data ?? {})
  const [chosen, setChosen] = useState(0)
  const shown = pictures[chosen] ?? product.imageUrl
  return (
    <div className={classes.gallery}>
      <Picture
        src={shown}
        alt={chosen === 0 ? product.name : texts.picture(product.name, chosen + 1)}
        eager
      />
      {(index.isPending || pictures.length > 1) && (
        <ul className={classes.choices}>
          {pictures.map((picture, number) => (
            <li key={picture} hidden={index.isPending}>
              <button
                type="button"
                className={classes.choice}
                aria-label={texts.showPicture(number + 1)}
                aria-pressed={number === chosen}
                onClick={() => setChosen(number)}
              >
                <Picture src={picture} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
