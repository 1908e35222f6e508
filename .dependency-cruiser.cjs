/** Who may import what: the table of docs/architecture.md, one rule per row. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'bot-is-pure',
      comment:
        'bot/ runs in a test or a browser: only itself, zod, yaml, papaparse, CEL and the ICU formatter',
      severity: 'error',
      from: { path: '^bot/' },
      to: {
        pathNot:
          '^(bot/|node_modules/(zod|yaml|papaparse|@types/papaparse|intl-messageformat|@formatjs|@marcbachmann/cel-js)/)',
      },
    },
    {
      name: 'bot-through-its-door',
      comment: 'others import bot/ only through bot/index.ts',
      severity: 'error',
      from: { path: '^(server|bench)/' },
      to: { path: '^bot/', pathNot: '^bot/index\\.ts$' },
    },
    {
      name: 'channel-alone',
      comment:
        'an adapter knows the contract, the HTTP client and its SDK; no other channel, no store, no bot',
      severity: 'error',
      from: { path: '^server/channels/(zalo|messenger|telegram|line|web)' },
      to: { path: '^(bot/|server/(store|turns|api|webchat)/)' },
    },
    {
      name: 'store-below-everything',
      severity: 'error',
      from: { path: '^server/store/' },
      to: {
        path: '^(server/(channels|api|webchat|turns)/|node_modules/express/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'turns-know-no-channel-and-no-http',
      severity: 'error',
      from: { path: '^server/turns/' },
      to: { path: '^(server/channels/(zalo|messenger|telegram|line|web)|node_modules/express/|server/api/)' },
    },
    {
      name: 'api-knows-no-channel',
      severity: 'error',
      from: { path: '^server/api/' },
      to: { path: '^(server/channels/(zalo|messenger|telegram|line)|node_modules/react)' },
    },
    {
      name: 'console-shares-only-the-contract',
      severity: 'error',
      from: { path: '^server/console/src/' },
      to: { path: '^(server/|bot/)', pathNot: '^server/(console/|api/[a-z-]*contract\\.ts$)' },
    },
    {
      name: 'cleaning-alone',
      comment: 'what runs in the cleaning process holds no key, no database and no address of anybody',
      severity: 'error',
      from: { path: '^server/media/(clean|cleaned|clean-[a-z]+)\\.ts$' },
      to: {
        path: '^(server|bot)/|^node_modules/(pg|express)/',
        pathNot: '^server/(media/(clean|cleaned|clean-[a-z]+)|channels/(media-rules|adapter))\\.ts$',
      },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(bot|server)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
