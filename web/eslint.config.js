import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
    { ignores: ['dist/', 'dist-panel/', '*-dist/', 'src/api/schema.ts'] },
    js.configs.recommended,
    ...ts.configs.recommended,
    { files: ['**/*.{ts,tsx}'], plugins: { 'react-hooks': hooks }, rules: hooks.configs.recommended.rules },
    { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
    {
        rules: {
            eqeqeq: 'error',
            'no-console': 'error',
            '@typescript-eslint/consistent-type-imports': 'error',
        },
    },
);
