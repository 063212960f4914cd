// The policy while typing, the same as in server/accounts/password_policy: tests/contract/passwords.json
// holds the two against each other.
import commonWords from '../../../../api/passwords/common.txt?raw';

export type PasswordRule = 'short' | 'kinds' | 'account' | 'run' | 'repeat' | 'common';

// Words of the most used passwords, which the server reads too.
const common = new Set(commonWords.trim().split('\n'));

const reversed = (text: string) => [...text].reverse().join('');

/** Such as 123 or cba. */
function hasRun(text: string): boolean {
  for (let i = 0; i + 2 < text.length; i++) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    const alike = /^([0-9]{3}|[a-z]{3})$/.test(text.slice(i, i + 3));
    if (alike && Math.abs(b - a) === 1 && c - b === b - a) return true;
  }
  return false;
}

function kindsIn(password: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
}

/** The rules that a password breaks, in the order in which they are shown. */
export function brokenRules(password: string, account: string): PasswordRule[] {
  const lower = password.toLowerCase();
  const name = account.toLowerCase();
  const broken: PasswordRule[] = [];
  if ([...password].length < 8) broken.push('short');
  if (kindsIn(password) < 2) broken.push('kinds');
  if (name !== '' && (lower.includes(name) || lower.includes(reversed(name)))) broken.push('account');
  if (hasRun(lower)) broken.push('run');
  if (/(.)\1\1/su.test(lower)) broken.push('repeat');
  const core = lower.replace(/[^a-z0-9]/g, '').replace(/\d+$/, '');
  if (common.has(lower) || common.has(core)) broken.push('common');
  return broken;
}

export const password_rules: PasswordRule[] = ['short', 'kinds', 'account', 'run', 'repeat', 'common'];
