import { useTranslation } from 'react-i18next';

import type { RightLevel, Rights } from '../../api/client';
import { may, platform_functions, right_levels } from '../shell/me_context';
import css from './accounts.module.css';

interface Props {
  rights: Rights;
  /** What can be given at most; everything when it is left out. */
  most?: Rights;
  disabled?: boolean;
  onChange: (rights: Rights) => void;
}

/** For each function of the platform one level. */
export function RightsTable({ rights, most, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const levels = (what: keyof Rights) =>
    right_levels.filter((level) => most === undefined || may(most, what, level));
  return (
    <table className={css.rights}>
      <tbody>
        {platform_functions
          .filter((what) => levels(what).length > 1)
          .map((what) => (
            <tr key={what}>
              <th scope="row" id={`right-${what}`}>
                {t(`functions.${what}`)}
              </th>
              <td>
                <select
                  aria-labelledby={`right-${what}`}
                  disabled={disabled}
                  value={rights[what] ?? 'none'}
                  onChange={({ target }) => onChange({ ...rights, [what]: target.value as RightLevel })}
                >
                  {levels(what).map((level) => (
                    <option key={level} value={level}>
                      {t(`right_levels.${level}`)}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
