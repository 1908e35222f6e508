/** Languages people write to us in, most spoken among them first; their names are in the texts. */
export const LANGUAGES = [
  ...(['vi', 'en', 'km', 'hmn', 'blt', 'rad', 'jra', 'bdq', 'cjm'] as const),
  ...(['zh', 'lo', 'th', 'my'] as const),
];
