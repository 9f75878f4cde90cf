import { ActionIcon, Menu } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useNow } from '../components/use-now.ts';
import { ConnectionBanner } from '../features/connection/connection-banner.tsx';
import { ConnectionIndicator } from '../features/connection/connection-indicator.tsx';
import { CutOff } from '../features/connection/cut-off.tsx';
import { SystemNotice } from '../features/system/system-notice.tsx';
import { useText, useTimes } from '../text/text.tsx';
import { FailureBoundary } from './failure-boundary.tsx';
import { Mark } from './mark.tsx';
import { usePlant } from './plant-context.tsx';
import { LoadingPlant } from './plant-loading.tsx';
import { usePorts } from './ports.ts';
import { Preferences } from './preferences.tsx';
import { fetchAllScreens } from './screens.ts';
import classes from './shell.module.css';
import { useSession } from './use-session.ts';

/** The screen asked for comes first. */
const FETCH_SCREENS_AFTER_MS = 1500;

/** What surrounds every screen: the bar with the site's time and the connection, and the banner when it is lost. */
export function Shell() {
  const { t } = useText();
  const { timeZone, name } = usePlant().site;
  const { pathname } = useLocation();
  useEffect(() => {
    const later = setTimeout(fetchAllScreens, FETCH_SCREENS_AFTER_MS);
    return () => clearTimeout(later);
  }, []);
  return (
    <div className={classes['shell']}>
      <a href="#main" className={classes['skip']}>
        {t.common.skipToContent}
      </a>
      <header className={classes['bar']}>
        <Link to="/" className={classes['brand']}>
          <Mark size={30} />
          <strong>{t.product.name}</strong>
          <span className={classes['site']}>{name}</span>
        </Link>
        <div className={classes['end']}>
          <ConnectionIndicator />
          <SiteClock timeZone={timeZone} />
          <div className={classes['tools']}>
            <Preferences />
            <UserMenu />
          </div>
        </div>
      </header>
      <ConnectionBanner timeZone={timeZone} />
      <SystemNotice timeZone={timeZone} />
      <CutOff>
        <FailureBoundary key={pathname}>
          <Suspense fallback={<LoadingPlant />}>
            <Outlet />
          </Suspense>
        </FailureBoundary>
      </CutOff>
    </div>
  );
}

function SiteClock({ timeZone }: { readonly timeZone: string }) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const now = useNow();
  return (
    <span className={classes['clock']} title={t.shell.siteTime(timeZone)}>
      <span className={classes['date']}>{times.date(now)}</span>
      <time role="timer" aria-live="off">
        {times.timeSeconds(now)}
      </time>
    </span>
  );
}

function UserMenu() {
  const { t } = useText();
  const { session } = usePorts();
  const current = useSession();
  if (current.status !== 'signedIn') return null;
  const { name, roles } = current.login.user;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={44} aria-label={`${t.shell.userMenu}: ${name}`}>
          <IconUser aria-hidden size={22} stroke={1.8} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {t.shell.signedInAs(name)}
          <br />
          {roles.join(', ')}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout aria-hidden size={18} />} onClick={() => session.signOut()}>
          {t.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
