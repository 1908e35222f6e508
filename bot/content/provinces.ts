/** The register of provinces: its shape, and the faults only a look at all entries can find. */
import { z } from 'zod';
import { fold } from '../understand/normalise.ts';
import type { Problem } from './assets.ts';
import { fault, type YamlFile } from './yaml.ts';

export const ProvinceSchema = z.strictObject({
  /** today's name without marks, in kebab case: "son-la" */
  id: z.string().regex(/^[a-z]+(?:-[a-z]+)*$/, 'an id looks like son-la'),
  name: z.strictObject({ vi: z.string().min(1), en: z.string().min(1) }),
  /** `city`: a city directly under the central government */
  kind: z.enum(['city', 'province']),
  /** names of before 2025-07-01 that became part of it */
  formerly: z.array(z.string().min(1)),
  /** other ways people write it; "!đn" counts only with its marks typed */
  typed: z.array(z.string().min(1)),
});
export type Province = z.infer<typeof ProvinceSchema>;
export const ProvincesFileSchema = z.strictObject({ provinces: z.array(ProvinceSchema).min(1) });

/** Two entries with one id, and a name that leads to two provinces: with line and mend. */
export function findProvinceFaults(file: YamlFile, provinces: readonly Province[]): readonly Problem[] {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  const owners = new Map<string, string>();
  const seen = new Set<string>();
  provinces.forEach((province, index) => {
    const report = (path: readonly PropertyKey[], message: string, mend: string): void => {
      problems.push(fault(file.path, file.lineOf(['provinces', index, ...path]), message, mend));
    };
    if (ids.has(province.id)) report(['id'], `two provinces are called "${province.id}"`, 'rename one');
    ids.add(province.id);
    for (const { name, path } of namesOf(province)) {
      const exact = name.normalize('NFC').toLowerCase();
      // a name that needs its marks is another one than the same letters without
      const key = name.startsWith('!') ? exact : fold(name);
      const owner = owners.get(key) ?? province.id;
      if (owner !== province.id)
        report(path, `the name "${name}" leads to ${owner} and to ${province.id}`, 'keep it in one place');
      else if (seen.has(exact) && path[0] !== 'name')
        report(path, `${province.id}: the name "${name}" stands there twice`, 'keep it in one place');
      owners.set(key, owner);
      seen.add(exact);
    }
  });
  return problems;
}

function namesOf(province: Province): readonly { name: string; path: readonly PropertyKey[] }[] {
  return [
    { name: province.name.vi, path: ['name', 'vi'] },
    { name: province.name.en, path: ['name', 'en'] },
    ...province.formerly.map((name, at) => ({ name, path: ['formerly', at] })),
    ...province.typed.map((name, at) => ({ name, path: ['typed', at] })),
  ];
}
