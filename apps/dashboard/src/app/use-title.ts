import { useEffect } from 'react';
import { useText } from '../text/text.tsx';

/** Title of the browser's tab while the page is shown. */
export function useTitle(title: string): void {
  const { t } = useText();
  useEffect(() => {
    document.title = `${title} · ${t.product.name}`;
  }, [title, t]);
}
