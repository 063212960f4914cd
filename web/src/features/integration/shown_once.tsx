import { Alert, App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import css from './integration.module.css';

interface Props {
  hint: string;
  secret: string;
  copy: string;
}

/** What is shown this once, to be copied. */
export function ShownOnce({ hint, secret, copy }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const copyIt = () => {
    void navigator.clipboard?.writeText(secret).then(() => message.success(t('tokens.copied')));
  };
  return (
    <>
      <Alert className={css.gap} type="warning" showIcon message={hint} />
      <code className={css.secret}>{secret}</code>
      <Button type="primary" onClick={copyIt} autoFocus>
        {copy}
      </Button>
    </>
  );
}
