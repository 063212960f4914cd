import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

import css from './entry.module.css';
import type { PasswordRule } from './password_rules';
import { brokenRules, password_rules } from './password_rules';

/** A new password with the policy beside it, each rule ticked as it is met. */
export function NewPasswordField({ name, label, account }: { name: string; label: string; account: string }) {
  const { t } = useTranslation();
  const typed = String(Form.useWatch(name) ?? '');
  const broken = brokenRules(typed, account);
  return (
    <>
      <Form.Item
        name={name}
        label={label}
        rules={[
          { required: true, message: t('entry.password_missing') },
          {
            validator: async (_, value: string | undefined) => {
              const first = value ? brokenRules(value, account)[0] : undefined;
              if (first) throw new Error(t(`password_rules.${first}`));
            },
          },
        ]}
        validateTrigger="onBlur"
        className={css.tight}
      >
        <Input.Password autoComplete="new-password" maxLength={128} aria-describedby={`${name}-rules`} />
      </Form.Item>
      <ul className={css.rules} id={`${name}-rules`} aria-label={t('entry.password_rules')}>
        {password_rules.map((rule) => (
          <RuleLine
            key={rule}
            rule={rule}
            state={typed === '' ? 'open' : broken.includes(rule) ? 'broken' : 'met'}
          />
        ))}
      </ul>
    </>
  );
}

/** Typed once more, since nobody sees what was typed. */
export function SamePasswordField({ as }: { as: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="again"
      label={t('entry.password_again')}
      dependencies={[as]}
      validateTrigger="onBlur"
      rules={[
        { required: true, message: t('entry.password_missing') },
        ({ getFieldValue }) => ({
          validator: async (_, value: string | undefined) => {
            if (value && value !== getFieldValue(as)) throw new Error(t('entry.password_differs'));
          },
        }),
      ]}
    >
      <Input.Password autoComplete="new-password" maxLength={128} />
    </Form.Item>
  );
}

function RuleLine({ rule, state }: { rule: PasswordRule; state: 'open' | 'broken' | 'met' }) {
  const { t } = useTranslation();
  return (
    <li className={css[state]}>
      {state === 'met' ? (
        <CheckOutlined aria-hidden />
      ) : state === 'broken' ? (
        <CloseOutlined aria-hidden />
      ) : (
        <i />
      )}
      <span>{t(`password_rules.${rule}`)}</span>
      {state !== 'open' && <span className="hidden-text">{t(`entry.rule_${state}`)}</span>}
    </li>
  );
}
