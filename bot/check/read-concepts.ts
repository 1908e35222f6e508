/** What the reader of an offer finds beside words: amounts, places, ages, firms. */

/** Concepts the reader adds itself after the words were found; editors use them like their own. Unknown while the model is fitted. */
export const READ_CONCEPTS: readonly string[] = [
  'abroad',
  'not-abroad',
  'money',
  'pay-money',
  'fee-money',
  'pay-20m',
  'pay-too-high',
  'fee-too-high',
  'minor-age',
  'agency-name',
  'agency-fake',
  'agency-unsure',
  'job-centre-licence',
  'contact-differs',
  'agency-firm',
];
