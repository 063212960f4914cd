import { CloseCircleFilled, SearchOutlined } from '@ant-design/icons';
import type { InputProps } from 'antd';
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';

interface Props extends Pick<InputProps, 'className' | 'size'> {
  label: string;
  value: string;
  onChange: (typed: string) => void;
}

/** Narrows what stands below it. */
export function SearchField({ label, onChange, ...rest }: Props) {
  return (
    <Input
      {...rest}
      prefix={<SearchOutlined />}
      placeholder={label}
      aria-label={label}
      allowClear={useClear()}
      maxLength={64}
      onChange={(change) => onChange(change.target.value)}
    />
  );
}

/** The button that empties a field, with a name. */
export function useClear() {
  const { t } = useTranslation();
  return { clearIcon: <CloseCircleFilled aria-label={t('common.clear')} /> };
}
