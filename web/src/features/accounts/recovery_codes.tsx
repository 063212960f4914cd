import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import css from './accounts.module.css';

/** Shown once: they cannot be read again. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const text = `${codes.join('\n')}\n`;
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = 'sallyport-recovery-codes.txt';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section aria-label={t('second_factor.codes')}>
      <h3 className={css.stepTitle}>{t('second_factor.codes')}</h3>
      <p className="quiet">{t('second_factor.codes_hint')}</p>
      <ol className={`mono ${css.codes}`}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={css.buttons}>
        <Button onClick={copy}>
          {t(copied ? 'second_factor.codes_copied' : 'second_factor.codes_copy')}
        </Button>
        <Button onClick={save}>{t('second_factor.codes_save')}</Button>
        <Button type="primary" onClick={onKept}>
          {t('second_factor.codes_kept')}
        </Button>
      </div>
    </section>
  );
}
