import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type SubmitEvent, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ApiError } from '../../app/api.ts';
import { usePorts } from '../../app/ports.ts';
import { Preferences } from '../../app/preferences.tsx';
import { Mark } from '../../app/mark.tsx';
import { returnPath } from '../../app/return-path.ts';
import { useSession } from '../../app/use-session.ts';
import { useTitle } from '../../app/use-title.ts';
import type { Text } from '../../text/en.ts';
import { useText } from '../../text/text.tsx';
import classes from './login-page.module.css';

export default function LoginPage() {
  const { t } = useText();
  const { session } = usePorts();
  const current = useSession();
  const location = useLocation();
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useTitle(t.login.title);

  if (current.status === 'signedIn') return <Navigate to={returnPath(location.search)} replace />;

  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(null);
    try {
      await session.signIn(entry(form, 'user').trim(), entry(form, 'password'));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };

  return (
    <div className={classes['page']}>
      <div className={classes['preferences']}>
        <Preferences />
      </div>
      <main id="main" className={classes['box']}>
        <div className={classes['brand']}>
          <Mark size={44} />
          <div>
            <strong>{t.product.name}</strong>
            <span>{t.product.tagline}</span>
          </div>
        </div>
        <h1 className={classes['title']}>{t.login.title}</h1>
        {current.reason === 'expired' && failure === null && (
          <p role="status" className={classes['notice']}>
            {t.login.expired}
          </p>
        )}
        <form className={classes['form']} onSubmit={(event) => void submit(event)}>
          <TextInput
            name="user"
            label={t.login.user}
            size="lg"
            required
            withAsterisk={false}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
          />
          <PasswordInput
            name="password"
            label={t.login.password}
            size="lg"
            required
            withAsterisk={false}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t.login.showPassword, tabIndex: 0 }}
          />
          {failure !== null && (
            <p role="alert" className={classes['failure']}>
              <IconAlertTriangle aria-hidden size={20} />
              {describeFailure(failure, t)}
            </p>
          )}
          <Button type="submit" size="lg" loading={busy}>
            {t.login.submit}
          </Button>
        </form>
      </main>
    </div>
  );
}

function entry(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function describeFailure(error: unknown, t: Text): string {
  if (!(error instanceof ApiError)) return t.login.failed(String(error));
  switch (error.status) {
    case 0:
    case 502:
    case 503:
    case 504:
      return t.login.unreachable;
    case 401:
      return t.login.wrong;
    case 429:
      return t.login.tooMany(Math.ceil((error.retryAfterMs ?? 1000) / 1000));
    default:
      return t.login.failed(error.message);
  }
}
