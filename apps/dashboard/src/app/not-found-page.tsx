import { Link } from 'react-router';
import { useText } from '../text/text.tsx';
import { MainRegion } from './main-region.tsx';
import classes from './plant-loading.module.css';

export default function NotFoundPage() {
  const { t } = useText();
  return (
    <MainRegion className={classes['place']}>
      <h1>{t.notFound}</h1>
      <Link to="/">{t.line.backToPlant}</Link>
    </MainRegion>
  );
}
