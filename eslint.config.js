import tseslint from 'typescript-eslint';

const impure = [
  { name: 'process', message: 'bot/ is pure: pass what you need in World.' },
  { name: 'fetch', message: 'bot/ is pure: no I/O.' },
  { name: 'console', message: 'bot/ is pure: emit an event instead.' },
  { name: 'crypto', message: 'bot/ is pure: ids come from World.newId.' },
  { name: 'setTimeout', message: 'bot/ is pure: no timers.' },
  { name: 'setInterval', message: 'bot/ is pure: no timers.' },
  { name: 'setImmediate', message: 'bot/ is pure: no timers.' },
  { name: 'queueMicrotask', message: 'bot/ is pure: no timers.' },
  { name: 'performance', message: 'bot/ is pure: time comes from World.now.' },
];

export default tseslint.config(
  {
    ignores: [
      '.dependency-cruiser.cjs',
      'dist/',
      'node_modules/',
      'coverage/',
      'bench/node_modules/',
      'data/',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './server/console/tsconfig.json', './server/webchat/page/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['bot/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'bot/ is pure: use World.now.' },
        { object: 'Math', property: 'random', message: 'bot/ is pure: use World.newId or a seed.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'bot/ is pure: use World.now.',
        },
      ],
      'no-restricted-imports': ['error', { patterns: ['node:*', '*/server/*'] }],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  { files: ['*.js', '*.cjs'], ...tseslint.configs.disableTypeChecked },
);
