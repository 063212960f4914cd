import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** For a code that came by mail. */
export function CodeField({ label }: { label: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item name="code" label={label} rules={[{ required: true, message: t('forgotten.code_missing') }]}>
      <Input
        className="mono"
        size="large"
        autoFocus
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={12}
      />
    </Form.Item>
  );
}
