// The policy while typing; the server has the last word and a longer list of common passwords.

export type PasswordRule = 'short' | 'kinds' | 'account' | 'run' | 'repeat' | 'common';

const common = [
  'password',
  'passw0rd',
  'qwertz',
  'qwerty',
  'letmein',
  'welcome',
  'iloveyou',
  'admin',
  'sunshine',
  'football',
  'dragon',
  'changeme',
  'sallyport',
];

const reversed = (text: string) => [...text].reverse().join('');

function hasRun(text: string): boolean {
  for (let i = 0; i + 2 < text.length; i++) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    const alike = /^([0-9]{3}|[a-z]{3})$/.test(text.slice(i, i + 3));
    if (alike && b === a + 1 && c === b + 1) return true;
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
  if (/(.)\1\1/.test(lower)) broken.push('repeat');
  const core = lower.replace(/[^a-z0-9]/g, '').replace(/\d+$/, '');
  if (common.includes(core)) broken.push('common');
  return broken;
}

export const password_rules: PasswordRule[] = ['short', 'kinds', 'account', 'run', 'repeat', 'common'];
