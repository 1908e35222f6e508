/** The register of kinds of services in Vietnam: what each does, who may be sent there, and which are named to a person. */
import { z } from 'zod';
import type { Problem } from './assets.ts';
import { fault, type YamlFile } from './yaml.ts';

export const SERVICES_PATH = 'content/registers/services.yaml';

const IsoDay = z.iso.date('a date looks like 2026-11-22');
const Said = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });

export const ServiceSchema = z
  .strictObject({
    id: z.string().regex(/^service-[a-z0-9]+(?:-[a-z0-9]+)*$/, 'an id looks like service-commune'),
    kind: z.enum([
      'hotline',
      'commune',
      'police',
      'border-guard',
      'health-department',
      'job-centre',
      'embassy',
      'legal-aid',
      'vocational-training',
      'shelter',
      'loans',
    ]),
    /** where it is found: in every commune, in every province, once in the country, abroad */
    level: z.enum(['commune', 'province', 'country', 'abroad']),
    display: z.enum(['live', 'hold', 'retired']),
    confidence: z.enum(['confirmed', 'likely', 'unverified']),
    /** named by `{services}` to whoever asks about a province */
    shown: z.boolean(),
    name: Said,
    does: Said,
    /** for counsellors: who may be sent there */
    who: z.string().min(1),
    source: z.string().min(1),
    source_date: IsoDay.nullable(),
    checked: IsoDay,
    /** from this day on it is no longer named */
    expires: IsoDay,
    owner: z.enum(['legal', 'hotline', 'editor']),
  })
  .refine(({ display, confidence }) => display !== 'live' || confidence === 'confirmed', {
    path: ['display'],
    message: 'only what is confirmed may be live: find a second source, or set display: hold',
  })
  .refine(({ display, shown }) => display === 'live' || !shown, {
    path: ['shown'],
    message: 'what is not live is shown to nobody',
  })
  .refine(({ checked, expires }) => checked < expires, {
    path: ['expires'],
    message: 'lies before the day of the check',
  });
export type Service = z.infer<typeof ServiceSchema>;
export const ServicesFileSchema = z.strictObject({ services: z.array(ServiceSchema).min(1) });

/** Services to name to somebody on `now`, in the order of the register. */
export function servicesToName(services: readonly Service[], now: Date): readonly Service[] {
  const today = now.toISOString().slice(0, 10);
  return services.filter(({ display, shown, expires }) => display === 'live' && shown && today < expires);
}

export function findServiceFaults(file: YamlFile, services: readonly Service[]): readonly Problem[] {
  const ids = services.map(({ id }) => id);
  return services.flatMap(({ id }, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          fault(
            file.path,
            file.lineOf(['services', index, 'id']),
            `two services are called "${id}"`,
            'rename one',
          ),
        ],
  );
}
