import { QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { queryClient, useMe, useSetup } from '../../api/queries';
import { localeOf, speak, storedLanguage, wantAllWords } from '../../ui/i18n';
import { Failure } from '../../ui/page';
import { ThemeProvider } from '../../ui/theme';

/** A part that comes with all words; signing in has few of its own, and comes with those alone. */
const worded = <Props,>(load: () => Promise<{ default: ComponentType<Props> }>) =>
  lazy(async () => (await Promise.all([load(), wantAllWords()]))[0]);

const SignIn = lazy(() => import('../entry/sign_in'));
const SetUp = worded(() => import('../entry/set_up'));
const FirstPassword = worded(() => import('../accounts/first_password'));
const FirstSecondFactor = worded(() => import('../accounts/first_second_factor'));
const Shell = worded(() => import('./shell'));

export function App() {
  const { i18n } = useTranslation();
  return (
    <QueryClientProvider client={queryClient}>
      <ThemeProvider locale={localeOf(i18n.language)}>
        <Suspense fallback={null}>
          <Entry />
        </Suspense>
      </ThemeProvider>
    </QueryClientProvider>
  );
}

/** Set-up, sign-in or the product: what the session says. */
function Entry() {
  const me = useMe();
  const setup = useSetup(me.data === null);

  const siteLanguage = setup.data?.language;
  useEffect(() => {
    if (siteLanguage && !storedLanguage()) void speak(siteLanguage);
  }, [siteLanguage]);
  const myLanguage = me.data?.language;
  useEffect(() => {
    if (myLanguage) void speak(myLanguage);
  }, [myLanguage]);

  if (me.data?.password_change === 'needed') return <FirstPassword account={me.data.account} />;
  if (me.data?.second_factor === 'needed') return <FirstSecondFactor />;
  if (me.data) return <Shell me={me.data} />;
  const error = me.error ?? setup.error;
  if (error) return <Failure error={error} onRetry={() => void queryClient.invalidateQueries()} />;
  if (me.isPending || !setup.data) return null;
  return setup.data.needed ? (
    <SetUp codeRequired={setup.data.code_required} />
  ) : (
    <SignIn mayStay={setup.data.staying_signed_in === 'allowed'} />
  );
}
